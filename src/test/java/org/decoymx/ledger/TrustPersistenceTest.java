package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.THERE;
import static org.decoymx.ledger.LedgerFixtures.deferred;
import static org.decoymx.ledger.LedgerFixtures.origin;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.HourCounts;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PublishedVersion;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustState;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trust states and their key over a restart, with the real database. */
class TrustPersistenceTest {
    private static final EnvelopeKey SHARED_KEY = EnvelopeKey.parse("00112233445566778899aabbccddeeff\n");
    private static final long RETRIED_AT = T.getEpochSecond() + 600;

    @TempDir
    private Path dir;

    /** A ledger with an empty policy, as after a start. */
    private final class Started implements AutoCloseable {
        private final Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24));
        private final EnvelopeHasher hasher = new EnvelopeHasher("example.org");
        private final SenderLedger ledger;

        Started(@Nullable EnvelopeKey key) throws StorageException {
            this("ledger.db", HERE, key);
        }

        Started(String file, Node node, @Nullable EnvelopeKey key) throws StorageException {
            Clock clock = Clock.fixed(T.plusSeconds(600), ZoneOffset.UTC);
            ledger = new SenderLedger(
                    dir.resolve(file), node, policy, clock, new TrustPersistence(policy.trust(), hasher, key, clock));
            ledger.open();
        }

        void catchMail() {
            catchMailAt(T);
        }

        void catchMailAt(Instant at) {
            ledger.aggregate(List.of(deferred(hasher, at)));
            ledger.commit();
        }

        void retryAtPrimary() {
            long envelope = hasher.hash("A@example.net", "<b@Example.org>");
            policy.trust()
                    .recordVisit(
                            new TrustVisit(origin("192.0.2.1"), RETRIED_AT, envelope, false, VisitResult.ASKED, true),
                            null);
        }

        TrustState state() {
            return policy.trust().find(origin("192.0.2.1"));
        }

        HourCounts hours() {
            return policy.trust().events().hours();
        }

        long count(Counted what) {
            return hours().all().get(0).count(what);
        }

        Tier tier() {
            return state().tierAt(RETRIED_AT);
        }

        boolean isListed() {
            ledger.commit();
            return policy.isListed(ledger.find(origin("192.0.2.1")).orElseThrow(), T.plusSeconds(600));
        }

        List<LedgerRecord> export() throws Exception {
            ledger.commit();
            try (LedgerStore reader = ledger.storage().openReader()) {
                ByteArrayOutputStream lines = new ByteArrayOutputStream();
                LedgerRecordJson.write(reader.pages().readPage(null, 10), lines);
                return lines.toString(StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> LedgerRecordJson.read(line.getBytes(StandardCharsets.UTF_8), T.plusSeconds(600)))
                        .toList();
            }
        }

        @Override
        public void close() {
            ledger.close();
        }
    }

    @Test
    void version_isKnown_afterRestart_butNotEachIsWritten() throws StorageException {
        long version = T.getEpochSecond();
        try (Started first = new Started(null)) {
            first.policy.trust().publishedVersion().publish(version);
            first.ledger.commit();
            first.policy.trust().publishedVersion().publish(version + PublishedVersion.STORE_INTERVAL - 1);
            first.ledger.commit();
        }
        try (Started second = new Started(null)) {
            PublishedVersion loaded = second.policy.trust().publishedVersion();
            assertThat(loaded.first(version)).isEqualTo(version);
            assertThat(loaded.first(version - 1)).isGreaterThan(version + PublishedVersion.STORE_INTERVAL);
        }
    }

    @Test
    void countsOfHours_areKnown_afterRestart_andAddedToLaterOnes() throws StorageException {
        try (Started first = new Started(null)) {
            first.catchMail();
            assertThat(first.count(Counted.SESSIONS)).isEqualTo(1);
            assertThat(first.count(Counted.CATCHES)).isEqualTo(1);
        }
        try (Started second = new Started(null)) {
            assertThat(second.count(Counted.CATCHES)).isEqualTo(1);
            second.hours().add(Counted.CATCHES, T.getEpochSecond());
            second.hours().add(Counted.CLEARED, T.getEpochSecond() + 3_600);
            second.ledger.commit();
        }
        try (Started third = new Started(null)) {
            assertThat(third.hours().all()).hasSize(2);
            assertThat(third.count(Counted.SESSIONS)).isEqualTo(1);
            assertThat(third.count(Counted.CATCHES)).isEqualTo(2);
        }
    }

    @Test
    void suspect_isRecognized_afterRestart() throws StorageException {
        String key;
        try (Started first = new Started(null)) {
            first.catchMail();
            assertThat(first.tier()).isEqualTo(Tier.SUSPECT);
            key = first.hasher.key().id();
        }
        try (Started second = new Started(null)) {
            assertThat(second.hasher.key().id()).isEqualTo(key);
            assertThat(second.tier()).isEqualTo(Tier.SUSPECT);
            second.retryAtPrimary();
            assertThat(second.tier()).isEqualTo(Tier.CLEARED);
        }
    }

    @Test
    void clearedSender_isDelisted_byTheNextCommit() throws StorageException {
        try (Started decoy = new Started(null)) {
            decoy.catchMail();
            Sender caught = decoy.ledger.find(origin("192.0.2.1")).orElseThrow();
            assertThat(decoy.policy.isListed(caught, T.plusSeconds(600))).isTrue();
            decoy.retryAtPrimary();
            Collection<Sender> changed = decoy.ledger.commit();
            assertThat(changed).hasSize(1).noneMatch(sender -> decoy.policy.isListed(sender, T.plusSeconds(600)));
            assertThat(changed.iterator().next().latestScore().listedUntil()).isZero();
            assertThat(decoy.ledger.commit()).isEmpty();
        }
        try (Started restarted = new Started(null)) {
            assertThat(restarted.tier()).isEqualTo(Tier.CLEARED);
        }
    }

    @Test
    void delistedSender_isForgotten_exceptThatItWasReleased() throws StorageException {
        try (Started decoy = new Started(null)) {
            decoy.catchMail();
            decoy.ledger.corrections().delist(sender -> true, SkipReason.OUTAGE, T.plusSeconds(600));
            assertThat(decoy.isListed()).isFalse();
            assertThat(decoy.state().isUncaught()).isTrue();
        }
        try (Started restarted = new Started(null)) {
            assertThat(restarted.isListed()).isFalse();
            assertThat(restarted.state().isUncaught()).isTrue();
            assertThat(restarted.state().caught().entries()).isEmpty();
            restarted.catchMailAt(T.plusSeconds(700));
            assertThat(restarted.isListed()).isTrue();
        }
    }

    /** As an allowlist exempts only the sessions: what was decided by hand comes first. */
    @Test
    void senderListedByHand_isNotDelisted() throws StorageException {
        try (Started decoy = new Started(null)) {
            decoy.catchMail();
            long second = T.getEpochSecond();
            decoy.policy
                    .trust()
                    .decide(origin("192.0.2.1"), new ManualDecision(Tier.CONFIRMED, second, second + 3_600, ""));
            decoy.ledger.corrections().delist(sender -> true, SkipReason.EXEMPT, T.plusSeconds(600));
            assertThat(decoy.isListed()).isTrue();
            assertThat(decoy.tier()).isEqualTo(Tier.CONFIRMED);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void importedListing_endsHere_isNotRenewed_andEndsThereByTheNextExport(boolean cleared) throws Exception {
        List<LedgerRecord> exported;
        try (Started there = new Started("there.db", THERE, SHARED_KEY)) {
            there.catchMail();
            assertThat(there.isListed()).isTrue();
            exported = there.export();
        }
        List<LedgerRecord> back;
        try (Started here = new Started(SHARED_KEY)) {
            here.ledger.merge(exported);
            assertThat(here.isListed()).isTrue();
            if (cleared) {
                here.retryAtPrimary();
            } else {
                here.ledger.corrections().delist(sender -> true, SkipReason.OUTAGE, T.plusSeconds(600));
            }
            assertThat(here.isListed()).isFalse();
            assertThat(here.ledger.merge(exported).changedCount()).isZero();
            assertThat(here.isListed()).isFalse();
            back = here.export();
        }
        assertThat(back).hasSize(2);
        try (Started restarted = new Started(SHARED_KEY)) {
            assertThat(restarted.isListed()).isFalse();
        }
        try (Started there = new Started("there.db", THERE, SHARED_KEY)) {
            assertThat(there.isListed()).isTrue();
            there.ledger.merge(back);
            assertThat(there.isListed()).isFalse();
            there.ledger.merge(exported);
            assertThat(there.isListed()).isFalse();
        }
    }

    @Test
    void exportedState_isMerged_whateverTheCounts() throws Exception {
        List<LedgerRecord> exported;
        try (Started first = new Started(SHARED_KEY)) {
            first.catchMail();
            exported = first.export();
            first.policy.trust().forget(origin("192.0.2.1"));
            assertThat(first.ledger.merge(exported).changedCount()).isZero();
            first.retryAtPrimary();
            assertThat(first.tier()).isEqualTo(Tier.CLEARED);
        }
        Files.delete(dir.resolve("ledger.db"));
        try (Started other = new Started(null)) {
            other.ledger.merge(exported);
            assertThat(other.tier()).isEqualTo(Tier.SUSPECT);
            assertThat(other.state().caught().entries()).isEmpty();
        }
    }

    /** States are written in slices; the key must not be there before the last of them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anotherKey_killedBeforeAllStatesAreWritten_dropsTheEnvelopesAtTheNextStart(boolean configuredAgain)
            throws StorageException {
        int senders = 10_050;
        try (Started first = new Started(null)) {
            CaughtEnvelopes caught =
                    first.hasher.hashAll("a@example.net", List.of("b@example.org"), T.getEpochSecond());
            for (int i = 0; i < senders; i++) {
                first.policy.trust().recordCatch(IpPrefix.ofBits(false, (long) i << 8), caught, true, false);
            }
            first.ledger.commit();
        }
        // closing writes one slice
        new Started(SHARED_KEY).close();
        for (EnvelopeKey key : new EnvelopeKey[] {configuredAgain ? SHARED_KEY : null, SHARED_KEY}) {
            try (Started next = new Started(key)) {
                for (int i = 0; i < senders; i++) {
                    TrustState state = next.policy.trust().find(IpPrefix.ofBits(false, (long) i << 8));
                    assertThat(state.caught().entries()).isEmpty();
                    assertThat(state.firstCaughtAt()).isPositive();
                }
                next.ledger.commit();
            }
        }
        try (Started last = new Started(SHARED_KEY)) {
            last.catchMail();
        }
        try (Started restarted = new Started(SHARED_KEY)) {
            assertThat(restarted.state().caught().entries())
                    .as("the change is complete")
                    .hasSize(1);
        }
    }

    /** As after kill -9: states are written in slices, but a new file has all of them before it takes its place. */
    @Test
    void fileDeletedWhileRunning_isReplacedByOneWithAllStates() throws Exception {
        int senders = 10_050;
        IpPrefix forgotten = origin("192.0.2.2");
        try (Started decoy = new Started(null)) {
            CaughtEnvelopes caught =
                    decoy.hasher.hashAll("a@example.net", List.of("b@example.org"), T.getEpochSecond());
            for (int i = 0; i < senders; i++) {
                decoy.policy.trust().recordCatch(IpPrefix.ofBits(false, (long) i << 8), caught, true, false);
            }
            decoy.ledger.manual().decide(forgotten, new ManualDecision(Tier.NONE, RETRIED_AT, 0, "it asked us to"));
            decoy.ledger.commit();
            decoy.ledger.commit();
            for (String part : List.of("", "-wal", "-shm")) {
                Files.delete(dir.resolve("ledger.db" + part));
            }
            decoy.ledger.commit();
            for (String part : List.of("", "-wal")) {
                Files.copy(dir.resolve("ledger.db" + part), dir.resolve("killed.db" + part));
            }
            try (Started next = new Started("killed.db", HERE, null)) {
                assertThat(next.hasher.key().id()).isEqualTo(decoy.hasher.key().id());
                assertThat(next.policy.trust().manual().find(forgotten)).isNotNull();
                for (int i = 0; i < senders; i++) {
                    IpPrefix origin = IpPrefix.ofBits(false, (long) i << 8);
                    assertThat(next.policy.trust().find(origin))
                            .isEqualTo(decoy.policy.trust().find(origin));
                }
            }
        }
    }

    @Test
    void anotherKey_dropsTheEnvelopes() throws StorageException {
        try (Started first = new Started(null)) {
            first.catchMail();
        }
        try (Started second = new Started(SHARED_KEY)) {
            assertThat(second.hasher.key().id()).isEqualTo(SHARED_KEY.id());
            assertThat(second.tier()).isEqualTo(Tier.SUSPECT);
            assertThat(second.state().caught().entries()).isEmpty();
            second.retryAtPrimary();
            assertThat(second.tier()).isEqualTo(Tier.SUSPECT);
        }
    }
}
