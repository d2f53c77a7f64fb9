package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.counts;
import static org.decoymx.ledger.LedgerFixtures.deferred;
import static org.decoymx.ledger.LedgerFixtures.origin;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TimeLimit;
import org.decoymx.policy.TrustIndex;
import org.decoymx.policy.TrustSettings;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.store.StorageException;
import org.decoymx.support.SteadyClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger on disk while its clock is wrong. */
class ClockCorrectionsTest {
    private static final Duration JUMP = Duration.ofDays(100);
    private static final Duration MAX_TTL = Duration.ofDays(30);
    private static final IpPrefix SPAMMER = origin("192.0.2.1");
    private static final IpPrefix BY_HAND = origin("192.0.2.2");

    @TempDir
    private Path dir;

    private Instant machine = T;
    private Duration running = Duration.ZERO;

    /** A decoy between its start and its end. */
    private final class StartedLedger implements AutoCloseable {
        private final Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24));
        private final EnvelopeHasher hasher = new EnvelopeHasher("example.org");
        private final SteadyClock clock = steadyClock();
        private final SenderRetention retention = new SenderRetention(Duration.ofDays(90), 1_000);
        private final SenderLedger ledger = new SenderLedger(
                dir.resolve("ledger.db"),
                HERE,
                policy,
                clock,
                new TrustPersistence(policy.trust(), hasher, null, clock));

        StartedLedger() throws StorageException {
            ledger.open();
            run();
        }

        /** What the writer does every 200 ms. */
        boolean run() {
            boolean setBack = ledger.clockCorrections().follow(clock);
            ledger.commit();
            return setBack;
        }

        void catchMail() {
            ledger.aggregate(List.of(deferred(hasher, clock.instant())));
            run();
        }

        void listByHand(Duration time) throws StorageException {
            long now = clock.instant().getEpochSecond();
            ledger.manual().decide(BY_HAND, new ManualDecision(Tier.CONFIRMED, now, now + time.toSeconds(), "by hand"));
            run();
        }

        Sender sender(IpPrefix origin) {
            return ledger.find(origin).orElseThrow();
        }

        TrustState state(IpPrefix origin) {
            return policy.trust().find(origin);
        }

        long listedUntil(IpPrefix origin) {
            assertThat(sender(origin).latestScore().listedUntil())
                    .isEqualTo(state(origin).listing().until());
            return state(origin).listing().until();
        }

        boolean isSuspectOnly() {
            return policy.isSuspectOnly(clock.instant().getEpochSecond());
        }

        List<SenderCounts> selectExpired() {
            return retention.nextBatch(
                    ledger.index(), clock.instant(), clock.retention().instant());
        }

        @Override
        public void close() {
            ledger.close();
        }
    }

    private SteadyClock steadyClock() {
        Clock source = ((InstantSource) () -> machine).withZone(ZoneOffset.UTC);
        return new SteadyClock(source, () -> running.toNanos(), T.minus(JUMP));
    }

    private void pass(Duration time) {
        machine = machine.plus(time);
        running = running.plus(time);
    }

    @Test
    void listing_madeWhileTheClockWasAhead_endsWithinMaxTtl_alsoAfterARestart() throws StorageException {
        long end = T.plus(MAX_TTL).getEpochSecond();
        machine = T.plus(JUMP);
        try (StartedLedger started = new StartedLedger()) {
            started.catchMail();
            started.listByHand(Duration.ofDays(365));
            machine = T;
        }
        try (StartedLedger started = new StartedLedger()) {
            started.clock.compare(T, T);
            started.run();
            for (IpPrefix origin : List.of(SPAMMER, BY_HAND)) {
                assertThat(started.listedUntil(origin)).isBetween(T.getEpochSecond() + 1, end);
                assertThat(started.sender(origin).lastSeen()).isEqualTo(T);
                assertThat(started.state(origin).listing().since()).isEqualTo(T.getEpochSecond());
            }
            assertThat(started.policy.trust().manual().find(BY_HAND))
                    .isEqualTo(new ManualDecision(Tier.CONFIRMED, T.getEpochSecond(), end, "by hand", HERE.name()));
        }
        try (StartedLedger started = new StartedLedger()) {
            assertThat(started.listedUntil(SPAMMER)).isLessThanOrEqualTo(end);
            assertThat(started.listedUntil(BY_HAND)).isLessThanOrEqualTo(end);
            assertThat(started.sender(SPAMMER).lastSeen()).isEqualTo(T);
        }
    }

    @Test
    void listing_madeDuringAJump_isCorrectedWhenTheClockIsSetBack() throws StorageException {
        try (StartedLedger started = new StartedLedger()) {
            started.clock.compare(T, T);
            started.listByHand(Duration.ofDays(365));
            machine = T.plus(JUMP);
            started.clock.instant();
            pass(Duration.ofMinutes(2));
            started.catchMail();
            assertThat(started.sender(SPAMMER).lastSeen()).isAfter(T.plus(Duration.ofDays(99)));
            machine = machine.minus(JUMP);
            assertThat(started.run()).isTrue();
            assertThat(started.run()).isFalse();
            assertThat(started.sender(SPAMMER).lastSeen()).isEqualTo(machine);
            assertThat(started.listedUntil(SPAMMER))
                    .isBetween(
                            machine.getEpochSecond() + 1, machine.plus(MAX_TTL).getEpochSecond());
            assertThat(started.listedUntil(BY_HAND))
                    .isEqualTo(T.plus(Duration.ofDays(365)).getEpochSecond());
        }
    }

    @Test
    void lastSeen_isNotBeforeFirstSeen() {
        long now = T.getEpochSecond();
        SenderCounts ahead = new SenderCounts(HERE, SPAMMER, now + 3_000, now + 7_200, 2, 0, 0, 0, SenderScore.NONE);
        SenderCounts limited = ahead.limitedTo(new TimeLimit(now, TrustSettings.DEFAULTS), TrustState.UNKNOWN);
        assertThat(limited.firstSeen()).isEqualTo(now + 3_000);
        assertThat(limited.lastSeen()).isEqualTo(now + 3_000);
    }

    @Test
    void start_withTheClockAhead_forgetsNothing() throws StorageException {
        try (StartedLedger started = new StartedLedger()) {
            started.catchMail();
        }
        machine = T.plus(Duration.ofDays(400));
        try (StartedLedger started = new StartedLedger()) {
            started.clock.compare(T, T);
            pass(Duration.ofMinutes(2));
            started.run();
            assertThat(started.selectExpired()).isEmpty();
            assertThat(started.state(SPAMMER).isUnknown()).isFalse();
            pass(Duration.ofDays(120));
            started.run();
            assertThat(started.selectExpired()).hasSize(1);
            assertThat(started.state(SPAMMER).isUnknown()).isTrue();
        }
    }

    @Test
    void corrections_waitForRoom_butTrustIsCorrectedOnce() throws StorageException {
        SenderIndex index = new SenderIndex();
        PendingWrites pendingWrites = new PendingWrites();
        SteadyClock clock = steadyClock();
        Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24));
        TrustIndex trustIndex = policy.trust();
        TrustPersistence trust = new TrustPersistence(trustIndex, new EnvelopeHasher("example.org"), null, clock);
        LedgerStorage storage = new LedgerStorage(
                dir.resolve("ledger.db"),
                clock,
                HERE,
                new LedgerMemory(index, pendingWrites, trust, new LedgerVersions(index, false), SharingSettings.OFF));
        storage.open();
        SenderCounts future = counts(HERE, "192.0.2.1", JUMP.toSeconds(), 1, 0);
        index.update(List.of(new LedgerRecord(future, null)), List.of());
        long ahead = T.plus(JUMP).getEpochSecond();
        for (int i = 0; i < 1_201; i++) {
            trustIndex.release(origin("198.18." + i / 256 + "." + i % 256), ahead);
        }
        for (int i = 0; i < 100_000; i++) {
            pendingWrites.put(counts(HERE, "100." + i % 200 + "." + i / 200 % 256 + "." + i / 51_200, 0, 1, 0), null);
        }
        ClockCorrections corrections = new ClockCorrections(index, pendingWrites, policy, storage);

        corrections.follow(clock);

        assertThat(pendingWrites.find(SPAMMER)).isNull();
        assertThat(trustIndex.origins()).hasSize(1_201).allSatisfy(origin -> assertThat(
                        trustIndex.find(origin).proof().clearedSince())
                .isEqualTo(T.getEpochSecond()));

        pendingWrites.clear();
        trustIndex.release(BY_HAND, ahead);
        corrections.follow(clock);

        assertThat(pendingWrites.records(1)).singleElement().satisfies(corrected -> assertThat(
                        corrected.counts().lastSeen())
                .isEqualTo(T.getEpochSecond()));
        assertThat(trustIndex.find(BY_HAND).proof().clearedSince()).isEqualTo(ahead);
        storage.close();
    }

    /** A visit before does not say any more how long before a catch it was. */
    @Test
    void clockThatWasSet_lastsAnHour_untilACatchConfirms() throws StorageException {
        machine = Instant.EPOCH;
        try (StartedLedger started = new StartedLedger()) {
            for (Duration step : List.of(Duration.between(machine, T), Duration.ofHours(-5), Duration.ofHours(5))) {
                pass(Duration.ofMinutes(90));
                started.run();
                assertThat(started.isSuspectOnly()).isFalse();
                machine = machine.plus(step);
                pass(Duration.ofSeconds(1));
                boolean setAtOnce = started.run();
                pass(Duration.ofMinutes(58));
                boolean setLater = started.run(); // when it had lasted for a minute
                assertThat(setAtOnce || setLater).as("%s", step).isTrue();
                assertThat(started.isSuspectOnly()).as("%s", step).isTrue();
                pass(Duration.ofMinutes(2));
                machine = machine.plus(Duration.ofMinutes(50)); // as after a pause of a virtual machine
                started.run();
            }
        }
    }

    @Test
    void clockBehind_correctsNothing() throws StorageException {
        long until;
        try (StartedLedger started = new StartedLedger()) {
            started.catchMail();
            until = started.listedUntil(SPAMMER);
        }
        machine = Instant.EPOCH;
        try (StartedLedger started = new StartedLedger()) {
            started.run();
            assertThat(started.listedUntil(SPAMMER)).isEqualTo(until);
            assertThat(started.sender(SPAMMER).lastSeen()).isEqualTo(T);
        }
    }
}
