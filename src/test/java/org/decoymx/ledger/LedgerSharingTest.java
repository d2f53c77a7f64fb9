package org.decoymx.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.THERE;
import static org.decoymx.ledger.LedgerFixtures.origin;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.decoymx.ledger.SharedLedger.Cursor;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustState;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.sighting.Sighting;
import org.decoymx.store.StorageException;
import org.decoymx.support.SteadyClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nodes share of their ledgers, with files and the writer thread. */
class LedgerSharingTest {
    private static final EnvelopeKey KEY = EnvelopeKey.parse("00112233445566778899aabbccddeeff");
    private static final EnvelopeKey OTHER_KEY = EnvelopeKey.parse("ffeeddccbbaa99887766554433221100");
    private static final IpPrefix SENDER = origin("192.0.2.1");
    private static final Instant NOW = T.plusSeconds(600);
    private static final SharedPosition POSITION = new SharedPosition("decoymx.senders", "id", 3, 17);

    @TempDir
    private Path dir;

    private int minNodes = 1;

    /** A decoy that shares its ledger. */
    private final class Decoy implements AutoCloseable {
        private final Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24), minNodes);
        private final EnvelopeHasher hasher = new EnvelopeHasher("example.org");
        private final List<Long> commits = new CopyOnWriteArrayList<>();
        private final String file;
        private final SenderLedger ledger;
        private final LedgerWriter writer;
        private final LedgerSharing sharing;
        private int sessions;

        Decoy(Node node) throws StorageException {
            this(node.name() + ".db", node, KEY, new SharingSettings(true, null));
        }

        Decoy(String file, Node node, @Nullable EnvelopeKey key, SharingSettings settings) throws StorageException {
            this.file = file;
            SteadyClock clock = new SteadyClock(Clock.fixed(NOW, ZoneOffset.UTC), System::nanoTime, Instant.EPOCH);
            ledger = new SenderLedger(
                    dir.resolve(file),
                    node,
                    policy,
                    clock,
                    new TrustPersistence(policy.trust(), hasher, key, clock),
                    settings);
            writer = new LedgerWriter(ledger, new SenderRetention(Duration.ofDays(90), 100_000), clock, senders -> {});
            sharing = new LedgerSharing(ledger, writer, clock);
            sharing.onCommit(commits::add);
            writer.start();
        }

        /** A message that is refused some seconds after T. */
        void catchMail(IpPrefix sender, long second) {
            sessions++;
            Sighting caught = LedgerFixtures.caught(sessions, sender.toString(), second);
            run(changed -> changed.aggregate(List.of(caught.withCaught(
                    hasher.hashAll("a@example.net", List.of("b@example.org"), T.getEpochSecond() + second)))));
        }

        /** Runs something on the writer thread, and commits it. */
        void run(Consumer<SenderLedger> work) {
            writer.change(work);
            writer.forEachSender(sender -> {}).join();
        }

        void retryAtPrimary(IpPrefix sender) {
            long envelope = hasher.hash("a@example.net", "b@example.org");
            long at = NOW.getEpochSecond() - 1;
            run(changed -> policy.trust()
                    .recordVisit(new TrustVisit(sender, at, envelope, false, VisitResult.ACCEPTED, true), null));
        }

        TrustState trust(IpPrefix sender) {
            return policy.trust().find(sender);
        }

        boolean isListed(IpPrefix sender) {
            return ledger.find(sender)
                    .filter(found -> policy.isListed(found, NOW))
                    .isPresent();
        }

        List<String> query(String sql, String column) throws SQLException {
            List<String> values = new ArrayList<>();
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve(file));
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    values.add(row.getString(column));
                }
            }
            return values;
        }

        boolean hasIndex() throws SQLException {
            return !query("SELECT name FROM sqlite_schema WHERE name LIKE 'own_version%'", "name")
                    .isEmpty();
        }

        List<LedgerRecord> own() throws StorageException {
            return sharing.readOwn(Cursor.START, 1_000);
        }

        /** Gives another decoy all own states. */
        int shareWith(Decoy other) throws StorageException {
            return other.sharing.merge(own(), List.of()).join();
        }

        @Override
        public void close() {
            writer.stop();
        }
    }

    private static TrustState trustOf(LedgerRecord state) {
        return Objects.requireNonNull(state.trust()).state();
    }

    @Test
    void eachCommit_hasTheNextVersion_andItsStatesAreRead() throws Exception {
        try (Decoy decoy = new Decoy(HERE)) {
            long before = decoy.sharing.version();
            decoy.catchMail(SENDER, 0);
            assertThat(decoy.sharing.version()).isEqualTo(before + 1);
            decoy.catchMail(origin("192.0.2.2"), 1);
            decoy.catchMail(origin("2001:db8::1"), 2);
            assertThat(decoy.commits).containsExactly(before + 1, before + 2, before + 3);
            List<LedgerRecord> all = new ArrayList<>();
            Cursor cursor = Cursor.START;
            List<LedgerRecord> page = decoy.sharing.readOwn(cursor, 2);
            while (!page.isEmpty()) {
                all.addAll(page);
                LedgerRecord last = page.get(page.size() - 1);
                cursor = new Cursor(last.version(), last.origin().toString());
                page = decoy.sharing.readOwn(cursor, 2);
            }
            assertThat(all).extracting(LedgerRecord::version).containsExactly(before + 1, before + 2, before + 3);
            assertThat(all.get(0).node()).isEqualTo(HERE);
            assertThat(all.get(0).evidence()).isNotNull();
            assertThat(all.get(0).trust()).isEqualTo(new ExportedTrust(decoy.trust(SENDER), KEY.id()));
            assertThat(decoy.sharing.readOwnByOrigin(SENDER, 10))
                    .extracting(state -> state.origin().toString())
                    .containsExactly("192.0.2.2", "2001:db8::1");
        }
    }

    @Test
    void changeOfATrustState_raisesTheVersion() throws Exception {
        try (Decoy decoy = new Decoy(HERE)) {
            decoy.catchMail(SENDER, 0);
            long caught = decoy.own().get(0).version();
            decoy.retryAtPrimary(SENDER);
            LedgerRecord cleared = decoy.own().get(0);
            assertThat(cleared.version()).isGreaterThan(caught);
            assertThat(trustOf(cleared).tierAt(NOW.getEpochSecond())).isEqualTo(Tier.CLEARED);
        }
    }

    @Test
    void mergedStates_areKnown_overARestart_withTheirPositions() throws Exception {
        List<LedgerRecord> caught;
        try (Decoy there = new Decoy(THERE)) {
            there.catchMail(SENDER, 0);
            caught = there.own();
        }
        try (Decoy here = new Decoy(HERE)) {
            assertThat(here.sharing.merge(caught, List.of(POSITION)).join()).isEqualTo(1);
            assertThat(here.isListed(SENDER)).isTrue();
            assertThat(here.sharing.merge(caught, List.of()).join())
                    .as("the same again")
                    .isZero();
            here.sharing.setSharedVersion(7);
        }
        try (Decoy restarted = new Decoy(HERE)) {
            assertThat(restarted.isListed(SENDER)).isTrue();
            assertThat(restarted.trust(SENDER).listing())
                    .isEqualTo(trustOf(caught.get(0)).listing());
            assertThat(restarted.sharing.positions()).containsExactly(POSITION);
            assertThat(restarted.sharing.sharedVersion()).isEqualTo(7);
            assertThat(restarted.sharing.nodes()).containsExactly(Map.entry(THERE, 1));
            assertThat(restarted.sharing.merge(caught, List.of()).join()).isZero();
            assertThat(restarted.own()).isEmpty();
        }
    }

    @Test
    void fileThatIsRebuilt_hasAllStatesReadAgain_afterTheNextStart() throws Exception {
        List<LedgerRecord> caught;
        try (Decoy there = new Decoy(THERE)) {
            there.catchMail(SENDER, 0);
            caught = there.own();
        }
        try (Decoy here = new Decoy(HERE)) {
            here.sharing.merge(caught, List.of(POSITION)).join();
            Files.delete(dir.resolve("here.db"));
            here.catchMail(SENDER, 1);
            here.sharing.merge(List.of(), List.of(POSITION)).join();
        }
        try (Decoy restarted = new Decoy(HERE)) {
            assertThat(restarted.sharing.positions()).isEmpty();
            assertThat(restarted.sharing.merge(caught, List.of(POSITION)).join())
                    .isEqualTo(1);
            assertThat(restarted.sharing.positions()).containsExactly(POSITION);
        }
    }

    @Test
    void sameState_readWithTheRightClock_correctsItsTimes() throws Exception {
        SenderCounts right =
                LedgerFixtures.counts(THERE, SENDER.toString(), 100, 1, 0).withVersion(3);
        SenderCounts wrong =
                LedgerFixtures.counts(THERE, SENDER.toString(), 400, 1, 0).withVersion(3);
        List<LedgerRecord> again = List.of(new LedgerRecord(right, null));
        try (Decoy here = new Decoy(HERE)) {
            here.sharing
                    .merge(List.of(new LedgerRecord(wrong, null)), List.of())
                    .join();
            assertThat(here.sharing.merge(again, List.of()).join()).isEqualTo(1);
            assertThat(here.ledger.find(SENDER).orElseThrow().firstSeen())
                    .isEqualTo(Instant.ofEpochSecond(right.firstSeen()));
            assertThat(here.sharing.merge(again, List.of()).join()).isZero();
        }
    }

    @Test
    void olderState_changesNothing_inAnyOrder() throws Exception {
        List<LedgerRecord> caught;
        List<LedgerRecord> cleared;
        try (Decoy there = new Decoy(THERE)) {
            there.catchMail(SENDER, 0);
            caught = there.own();
            there.retryAtPrimary(SENDER);
            cleared = there.own();
        }
        try (Decoy here = new Decoy(HERE)) {
            here.catchMail(SENDER, 1);
            assertThat(here.isListed(SENDER)).isTrue();
            assertThat(here.sharing.merge(cleared, List.of()).join()).isEqualTo(1);
            assertThat(here.sharing.merge(caught, List.of()).join()).isZero();
            assertThat(here.trust(SENDER).tierAt(NOW.getEpochSecond())).isEqualTo(Tier.CLEARED);
            assertThat(here.isListed(SENDER)).isFalse();
        }
    }

    @Test
    void statesOfTheOwnNode_thatWereLostWithADisk_comeBack() throws Exception {
        List<LedgerRecord> lost;
        try (Decoy before = new Decoy("lost.db", HERE, KEY, new SharingSettings(true, null))) {
            before.catchMail(SENDER, 0);
            before.catchMail(SENDER, 1);
            lost = before.own();
        }
        try (Decoy here = new Decoy(HERE)) {
            here.catchMail(SENDER, 2);
            assertThat(here.sharing.merge(lost, List.of()).join()).isEqualTo(1);
            LedgerRecord restored = here.own().get(0);
            assertThat(restored.counts().sessions())
                    .as("the higher number counts")
                    .isEqualTo(2);
            assertThat(restored.version()).isGreaterThan(lost.get(0).version());
            assertThat(here.sharing.version()).isGreaterThanOrEqualTo(restored.version());
        }
        try (Decoy empty = new Decoy("empty.db", HERE, KEY, new SharingSettings(true, null))) {
            empty.sharing.merge(lost, List.of()).join();
            assertThat(empty.own()).isEqualTo(lost);
            assertThat(empty.isListed(SENDER)).isTrue();
            assertThat(empty.sharing.version()).isEqualTo(lost.get(0).version());
        }
    }

    @Test
    void trustThatComesBack_changesTheVersion() throws Exception {
        SenderCounts counts = LedgerFixtures.counts(HERE, SENDER.toString(), 100, 1, 0);
        LedgerRecord lost;
        try (Decoy before = new Decoy("lost.db", HERE, KEY, new SharingSettings(true, null))) {
            before.catchMail(SENDER, 0);
            ExportedTrust trust = new ExportedTrust(before.trust(SENDER), KEY.id());
            lost = new LedgerRecord(counts.withVersion(1), null, trust, null);
        }
        try (Decoy here = new Decoy(HERE)) {
            here.ledger.merge(List.of(new LedgerRecord(counts, null)));
            here.ledger.merge(
                    List.of(new LedgerRecord(LedgerFixtures.counts(HERE, SENDER.toString(), 101, 2, 0), null)));
            long counted = here.own().get(0).version();
            assertThat(counted).isGreaterThan(lost.version());
            here.sharing.merge(List.of(lost), List.of()).join();
            LedgerRecord own = here.own().get(0);
            assertThat(own.trust()).isEqualTo(lost.trust());
            assertThat(own.version()).isGreaterThan(counted);
            assertThat(here.sharing.merge(List.of(lost), List.of()).join()).isZero();
        }
    }

    @Test
    void newerOwnState_thatKnowsLessOfTrust_getsAnotherVersion() throws Exception {
        try (Decoy here = new Decoy(HERE)) {
            here.catchMail(SENDER, 0);
            LedgerRecord first = here.own().get(0);
            here.catchMail(SENDER, 500);
            LedgerRecord second = here.own().get(0);
            here.sharing.setSharedVersion(second.version());
            SenderCounts later = first.counts().withVersion(second.version() + 5);
            LedgerRecord newer = new LedgerRecord(later, first.evidence(), first.trust(), null);
            here.sharing.merge(List.of(newer), List.of()).join();
            assertThat(here.own().get(0).trust()).isEqualTo(second.trust());
            assertThat(here.own().get(0).version()).isGreaterThan(newer.version());
        }
    }

    @Test
    void ownStates_thatABackupHasToo_doNotCountTwice() throws Exception {
        SenderCounts counts = LedgerFixtures.counts(HERE, SENDER.toString(), 100, 3, 0)
                .withScore(new SenderScore(6, T.getEpochSecond() + 100, 0, 0, 0, 0));
        LedgerRecord pushed = new LedgerRecord(counts.withVersion(50), null);
        try (Decoy here = new Decoy(HERE)) {
            here.ledger.merge(List.of(new LedgerRecord(counts, null)));
            assertThat(here.sharing.merge(List.of(pushed), List.of()).join()).isEqualTo(1);
            LedgerRecord own = here.own().get(0);
            assertThat(own.counts().sessions()).isEqualTo(3);
            assertThat(own.counts().score()).isEqualTo(counts.score());
            assertThat(own.version()).isGreaterThan(50);
            assertThat(here.isListed(SENDER)).isFalse();
        }
    }

    @Test
    void olderOwnStates_changeNothing_onceTheLostOnesAreBack() throws Exception {
        SenderCounts counts = LedgerFixtures.counts(HERE, SENDER.toString(), 100, 1, 0);
        LedgerRecord old = new LedgerRecord(
                counts.withScore(new SenderScore(12, T.getEpochSecond(), 1, 1, NOW.getEpochSecond() + 60, 0))
                        .withVersion(1),
                null);
        SenderCounts excused = counts.withScore(new SenderScore(1, T.getEpochSecond() + 100, 0, 0, 0, 0));
        try (Decoy here = new Decoy(HERE)) {
            here.ledger.merge(List.of(new LedgerRecord(excused, null)));
            here.ledger.merge(List.of(new LedgerRecord(excused, null)));
            here.sharing.setRestored();
            here.sharing.setSharedVersion(here.sharing.version());
            here.sharing.setSharedVersion(0);
            assertThat(here.sharing.merge(List.of(old), List.of()).join()).isZero();
        }
        try (Decoy restarted = new Decoy(HERE)) {
            assertThat(restarted.sharing.merge(List.of(old), List.of()).join()).isZero();
            assertThat(restarted.own().get(0).counts().score()).isEqualTo(excused.score());
        }
    }

    @Test
    void skippedVersions_areNeverUsed_alsoAfterARestart() throws Exception {
        long skipped;
        try (Decoy here = new Decoy(HERE)) {
            here.catchMail(SENDER, 0);
            skipped = here.sharing.version() + 1_000;
            here.sharing.skipVersions(1_000).join();
            assertThat(here.sharing.version()).isEqualTo(skipped);
            here.sharing.setSharedVersion(skipped);
        }
        try (Decoy restarted = new Decoy(HERE)) {
            restarted.catchMail(SENDER, 1);
            assertThat(restarted.own().get(0).version()).isGreaterThan(skipped);
        }
    }

    @Test
    void joinedCounts_haveTheLaterPoints() {
        SenderCounts counts = LedgerFixtures.counts(HERE, SENDER.toString(), 100, 1, 0);
        SenderCounts old = counts.withScore(new SenderScore(12, 100, 0, 0, 0, 12));
        SenderCounts later = counts.withScore(new SenderScore(3, 900_000, 0, 0, 0, 3));
        assertThat(old.joinedWith(later).score()).isEqualTo(later.score());
        assertThat(later.joinedWith(old).score()).isEqualTo(later.score());
    }

    @Test
    void pointsOfTwoNodes_listASender_thatNeitherLists() throws Exception {
        SenderCounts counts = LedgerFixtures.counts(THERE, SENDER.toString(), 100, 1, 0)
                .withScore(new SenderScore(6, T.getEpochSecond() + 100, 0, 0, 0, 0));
        LedgerRecord there = new LedgerRecord(counts.withVersion(1), null);
        try (Decoy here = new Decoy(HERE)) {
            here.ledger.merge(List.of(new LedgerRecord(
                    counts.withNode(HERE).withScore(new SenderScore(6, T.getEpochSecond() + 50, 0, 0, 0, 0)), null)));
            assertThat(here.isListed(SENDER)).isFalse();
            here.sharing.merge(List.of(there), List.of()).join();
            assertThat(here.isListed(SENDER)).isTrue();
            LedgerRecord own = here.own().get(0);
            assertThat(own.counts().score().listedSince()).isEqualTo(T.getEpochSecond() + 100);
            assertThat(trustOf(own).listing().since()).isEqualTo(T.getEpochSecond() + 100);
        }
    }

    @Test
    void decisions_areShared_andTheLatestWins() throws Exception {
        Map<IpPrefix, ManualDecision> made = new HashMap<>();
        try (Decoy there = new Decoy(THERE);
                Decoy here = new Decoy(HERE)) {
            there.sharing.onDecision(made::put);
            there.catchMail(SENDER, 0);
            here.catchMail(SENDER, 1);
            there.shareWith(here);
            there.writer
                    .decide(SENDER, new ManualDecision(Tier.NONE, NOW.getEpochSecond(), 0, "a mistake"))
                    .join();
            assertThat(made).containsOnlyKeys(SENDER).isEqualTo(there.sharing.decisions());
            long before = here.sharing.version();
            here.sharing.mergeDecisions(made).join();
            assertThat(here.isListed(SENDER)).isFalse();
            assertThat(here.sharing.version()).isGreaterThan(before);
            assertThat(here.own().get(0).counts().score()).isEqualTo(SenderScore.NONE);
            assertThat(here.sharing.decisions()).isEqualTo(made);
            here.writer
                    .decide(
                            SENDER,
                            new ManualDecision(Tier.CONFIRMED, NOW.getEpochSecond(), NOW.getEpochSecond() + 60, ""))
                    .join();
            here.sharing.mergeDecisions(made).join();
            assertThat(here.isListed(SENDER)).as("it was decided later").isTrue();
        }
        try (Decoy restarted = new Decoy(HERE)) {
            assertThat(Objects.requireNonNull(restarted.sharing.decisions().get(SENDER))
                            .who())
                    .isEqualTo(HERE.name());
        }
    }

    @Test
    void pointsBeforeADelisting_doNotCountAgain_withALaterOne() throws Exception {
        SenderCounts seen = LedgerFixtures.counts(HERE, SENDER.toString(), 100, 2, 0)
                .withScore(new SenderScore(9, T.getEpochSecond() + 100, 0, 0, 0, 0));
        for (long second : List.of(95L, 89L)) {
            try (Decoy here = new Decoy(second + ".db", HERE, KEY, new SharingSettings(true, null))) {
                here.ledger.merge(List.of(new LedgerRecord(seen, null)));
                ManualDecision forgotten =
                        new ManualDecision(Tier.NONE, T.getEpochSecond() + second, 0, "", THERE.name());
                here.sharing.mergeDecisions(Map.of(SENDER, forgotten)).join();
                boolean cameBefore = seen.firstSeen() <= forgotten.at();
                assertThat(here.own().get(0).counts().score().points()).isEqualTo(cameBefore ? 0 : 9);
            }
        }
    }

    @Test
    void decisionThatEndedLongAgo_changesNothing_andIsNotKeptAgain() throws Exception {
        long longAgo = NOW.minus(Duration.ofDays(91)).getEpochSecond();
        try (Decoy here = new Decoy(HERE)) {
            here.catchMail(SENDER, 1);
            TrustState caught = here.trust(SENDER);
            ManualDecision gone = new ManualDecision(Tier.CLEARED, longAgo - 60, longAgo, "", THERE.name());
            here.sharing.mergeDecisions(Map.of(SENDER, gone)).join();
            assertThat(here.sharing.decisions()).isEmpty();
            assertThat(here.trust(SENDER)).isEqualTo(caught);
            assertThat(here.isListed(SENDER)).isTrue();
        }
    }

    @Test
    void tierByHand_listsWhereItIsDecided_andNotWhereOnlyTheStateOfANodeSaysSo() throws Exception {
        minNodes = 2;
        ManualDecision made =
                new ManualDecision(Tier.CONFIRMED, NOW.getEpochSecond(), NOW.getEpochSecond() + 60, "", THERE.name());
        try (Decoy there = new Decoy(THERE);
                Decoy here = new Decoy(HERE)) {
            there.writer.decide(SENDER, made).join();
            assertThat(there.isListed(SENDER)).isTrue();
            there.shareWith(here);
            assertThat(here.isListed(SENDER)).as("before the decision comes").isFalse();
            here.sharing.mergeDecisions(Map.of(SENDER, made)).join();
            assertThat(here.isListed(SENDER)).isTrue();
        }
        try (Decoy foreign = new Decoy(THERE);
                Decoy here = new Decoy("other.db", HERE, KEY, new SharingSettings(true, null))) {
            LedgerRecord state = foreign.own().get(0);
            for (String name : List.of("a@friends", "b@friends")) {
                here.sharing.merge(List.of(ofNode(state, name)), List.of()).join();
            }
            assertThat(here.isListed(SENDER)).isFalse();
            assertThat(here.trust(SENDER).listing().byHand()).isFalse();
        }
    }

    @Test
    void listingOfAnotherOrganization_lastsForTheMaximumAtMost() throws Exception {
        long now = NOW.getEpochSecond();
        long end = now + Duration.ofDays(3_650).toSeconds();
        try (Decoy there = new Decoy(THERE);
                Decoy here = new Decoy(HERE)) {
            there.catchMail(SENDER, 0);
            there.writer
                    .decide(SENDER, new ManualDecision(Tier.CONFIRMED, now, end, ""))
                    .join();
            LedgerRecord state = ofNode(there.own().get(0), "a@friends");
            assertThat(state.counts().score().listedUntil()).isEqualTo(end);
            assertThat(here.sharing.merge(List.of(state), List.of()).join()).isEqualTo(1);
            long latest = now + Duration.ofDays(30).toSeconds();
            assertThat(here.trust(SENDER).listing().until()).isEqualTo(latest);
            assertThat(here.ledger.find(SENDER).orElseThrow().latestScore().listedUntil())
                    .isEqualTo(latest);
            assertThat(here.sharing.merge(List.of(state), List.of()).join())
                    .as("the same again")
                    .isZero();
        }
    }

    private static LedgerRecord ofNode(LedgerRecord state, String node) {
        SenderCounts counts = state.counts();
        SenderCounts ofNode = new SenderCounts(
                new Node(node),
                counts.origin(),
                counts.firstSeen(),
                counts.lastSeen(),
                1,
                1,
                counts.traits(),
                counts.skipReasons(),
                counts.score(),
                counts.version());
        return new LedgerRecord(ofNode, state.evidence(), state.trust(), null);
    }

    @Test
    void outageOfAPrimary_takesBackWhatWasCaughtHere_andNotAtOtherNodes() throws Exception {
        IpPrefix caughtHere = origin("192.0.2.2");
        try (Decoy there = new Decoy(THERE);
                Decoy here = new Decoy(HERE)) {
            there.catchMail(SENDER, 10);
            there.shareWith(here);
            here.catchMail(caughtHere, 11);
            assertThat(here.isListed(SENDER)).isTrue();
            assertThat(here.isListed(caughtHere)).isTrue();
            here.run(changed -> changed.corrections().takeBackSince(T.getEpochSecond(), NOW));
            assertThat(here.isListed(caughtHere)).isFalse();
            assertThat(here.isListed(SENDER)).isTrue();
            assertThat(here.policy.trust().own(SENDER).isUnknown()).isTrue();
            here.shareWith(there);
            assertThat(there.isListed(SENDER)).isTrue();
        }
    }

    /** The other node may not have noticed the outage: a good sender must not stay listed there. */
    @Test
    void outageOfAPrimary_delistsWhomItTakesBack_alsoWhereAnotherNodeHasCaughtIt() throws Exception {
        try (Decoy there = new Decoy(THERE);
                Decoy here = new Decoy(HERE)) {
            there.catchMail(SENDER, 10);
            here.catchMail(SENDER, 11);
            here.run(changed -> changed.corrections().takeBackSince(T.getEpochSecond(), NOW));
            here.shareWith(there);
            assertThat(there.isListed(SENDER)).isFalse();
            there.catchMail(SENDER, NOW.getEpochSecond() - T.getEpochSecond() + 1);
            assertThat(there.isListed(SENDER)).isTrue();
        }
    }

    @Test
    void droppedNode_isForgotten() throws Exception {
        try (Decoy there = new Decoy(THERE);
                Decoy here = new Decoy(HERE)) {
            there.catchMail(SENDER, 0);
            there.shareWith(here);
            here.catchMail(origin("192.0.2.2"), 1);
            assertThat(here.sharing.dropNode(THERE, () -> false).join())
                    .as("came back")
                    .isZero();
            assertThat(here.sharing.dropNode(THERE, () -> true).join()).isEqualTo(1);
            assertThat(here.isListed(SENDER)).isFalse();
            assertThat(here.trust(SENDER).isUnknown()).isTrue();
            assertThat(here.sharing.nodes()).containsOnlyKeys(HERE);
            assertThatThrownBy(() -> here.sharing.dropNode(HERE, () -> true))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void renamedNode_keepsWhatWasNotShared_andLeavesTheRestToTheOldName() throws Exception {
        IpPrefix shared = origin("192.0.2.2");
        List<LedgerRecord> before;
        try (Decoy old = new Decoy("file.db", HERE, KEY, new SharingSettings(true, null))) {
            old.catchMail(shared, 0);
            old.sharing.setSharedVersion(old.sharing.version());
            old.catchMail(SENDER, 1);
            before = old.own();
        }
        try (Decoy renamed = new Decoy("file.db", HERE, KEY, new SharingSettings(true, THERE))) {
            assertThat(renamed.sharing.ownNode()).isEqualTo(THERE);
            assertThat(renamed.own())
                    .allMatch(state -> state.node().equals(THERE))
                    .allMatch(state -> state.version() > renamed.sharing.sharedVersion())
                    .filteredOn(state -> state.counts().sessions() > 0)
                    .extracting(LedgerRecord::origin)
                    .containsExactly(SENDER);
            assertThat(renamed.sharing.nodes()).isEqualTo(Map.of(HERE, 1, THERE, 2));
            assertThat(renamed.isListed(shared)).isTrue();
            assertThat(renamed.sharing.merge(List.of(before.get(0)), List.of()).join())
                    .as("what is read of the old name replaces it")
                    .isEqualTo(1);
        }
        try (Decoy restarted = new Decoy("file.db", HERE, KEY, new SharingSettings(true, THERE))) {
            assertThat(restarted.own()).hasSize(2);
        }
    }

    @Test
    void renamedNode_whoseStatesAreSharedAgain_leavesThemToTheOldName() throws Exception {
        try (Decoy old = new Decoy("file.db", HERE, KEY, new SharingSettings(true, null))) {
            old.catchMail(SENDER, 0);
            old.sharing.setSharedVersion(old.sharing.version());
            old.sharing.merge(List.of(), List.of(POSITION)).join();
            old.sharing.setSharedVersion(0);
        }
        try (Decoy renamed = new Decoy("file.db", HERE, KEY, new SharingSettings(true, THERE))) {
            assertThat(renamed.sharing.nodes()).isEqualTo(Map.of(HERE, 1, THERE, 1));
            assertThat(renamed.own()).allMatch(state -> state.counts().sessions() == 0);
            assertThat(renamed.sharing.positions()).isEmpty();
        }
    }

    @Test
    void nodeThatGetsItsFirstNameBack_losesNothing() throws Exception {
        try (Decoy first = new Decoy("file.db", HERE, KEY, new SharingSettings(true, null))) {
            first.catchMail(SENDER, 0);
            first.catchMail(SENDER, 1);
            first.sharing.setSharedVersion(first.sharing.version());
        }
        try (Decoy second = new Decoy("file.db", HERE, KEY, new SharingSettings(true, THERE))) {
            second.catchMail(SENDER, 2);
            second.catchMail(origin("192.0.2.2"), 3);
        }
        try (Decoy back = new Decoy("file.db", HERE, KEY, new SharingSettings(true, HERE))) {
            assertThat(back.own())
                    .extracting(state -> state.origin() + " " + state.counts().sessions())
                    .containsExactlyInAnyOrder(SENDER + " 2", "192.0.2.2 1");
            assertThat(back.own().get(0).counts().lastSeen()).isEqualTo(T.getEpochSecond() + 2);
            assertThat(back.sharing.nodes()).isEqualTo(Map.of(HERE, 2));
        }
    }

    @Test
    void renamedNode_thatNeverShared_keepsAll() throws Exception {
        try (Decoy old = new Decoy("file.db", HERE, KEY, SharingSettings.OFF)) {
            old.catchMail(SENDER, 0);
        }
        try (Decoy renamed = new Decoy("file.db", HERE, KEY, new SharingSettings(true, THERE))) {
            assertThat(renamed.own()).hasSize(1);
            assertThat(renamed.sharing.nodes()).isEqualTo(Map.of(THERE, 1));
        }
    }

    @Test
    void nodeThatGetsTheNameOfALostOne_takesOverItsStates() throws Exception {
        try (Decoy lost = new Decoy(THERE);
                Decoy old = new Decoy(HERE)) {
            lost.catchMail(SENDER, 0);
            lost.retryAtPrimary(SENDER);
            lost.shareWith(old);
        }
        try (Decoy renamed = new Decoy("here.db", HERE, KEY, new SharingSettings(true, THERE))) {
            assertThat(renamed.own()).extracting(LedgerRecord::origin).containsExactly(SENDER);
            assertThat(trustOf(renamed.own().get(0)).tierAt(NOW.getEpochSecond()))
                    .isEqualTo(Tier.CLEARED);
            assertThat(renamed.policy.trust().own(SENDER).isUnknown()).isFalse();
            long lostVersion = renamed.own().get(0).version();
            renamed.catchMail(SENDER, 1);
            assertThat(renamed.own().get(0).version()).isGreaterThan(lostVersion);
        }
    }

    @Test
    void anotherEnvelopeKey_hasTheStatesOfOtherNodesReadAgain() throws Exception {
        List<LedgerRecord> caught;
        try (Decoy there = new Decoy(THERE);
                Decoy here = new Decoy(HERE)) {
            there.catchMail(SENDER, 0);
            caught = there.own();
            here.sharing.merge(caught, List.of(POSITION)).join();
            assertThat(here.trust(SENDER).caught().entries()).isNotEmpty();
        }
        for (boolean again : new boolean[] {false, true}) {
            try (Decoy changed = new Decoy("here.db", HERE, OTHER_KEY, new SharingSettings(true, null))) {
                assertThat(changed.trust(SENDER).caught().entries()).isEmpty();
                assertThat(changed.isListed(SENDER)).isTrue();
                assertThat(changed.sharing.positions()).isEqualTo(again ? List.of(POSITION) : List.of());
                assertThat(changed.sharing.merge(caught, List.of(POSITION)).join())
                        .isEqualTo(again ? 0 : 1);
                assertThat(changed.trust(SENDER).caught().entries()).isEmpty();
            }
        }
    }

    @Test
    void exchangeTurnedOn_sharesAllThatIsKnown_alsoWhatChangedMeanwhile() throws Exception {
        try (Decoy off = new Decoy("here.db", HERE, KEY, SharingSettings.OFF)) {
            off.catchMail(SENDER, 0);
            assertThat(off.hasIndex()).isFalse();
        }
        long shared;
        try (Decoy on = new Decoy(HERE)) {
            assertThat(on.own()).hasSize(1);
            assertThat(on.hasIndex()).isTrue();
            shared = on.sharing.version();
            on.sharing.setSharedVersion(shared);
        }
        try (Decoy off = new Decoy("here.db", HERE, KEY, SharingSettings.OFF)) {
            off.retryAtPrimary(SENDER);
            assertThat(off.hasIndex()).isFalse();
        }
        try (Decoy on = new Decoy(HERE)) {
            List<LedgerRecord> unshared = on.sharing.readOwn(new Cursor(shared, "~"), 10);
            assertThat(unshared).hasSize(1);
            assertThat(trustOf(unshared.get(0)).tierAt(NOW.getEpochSecond())).isEqualTo(Tier.CLEARED);
        }
    }

    @Test
    void exchangeTurnedOn_sharesWhatIsKnownOfSendersThatOnlyOthersCounted() throws Exception {
        try (Decoy there = new Decoy(THERE);
                Decoy off = new Decoy("here.db", HERE, KEY, SharingSettings.OFF)) {
            there.catchMail(SENDER, 0);
            there.shareWith(off);
            TrustState caught = trustOf(there.own().get(0));
            off.run(changed -> off.policy.trust().merge(SENDER, caught, true, NOW.getEpochSecond()));
            assertThat(off.policy.trust().own(SENDER).isUnknown()).isFalse();
            assertThat(off.own()).isEmpty();
        }
        try (Decoy on = new Decoy(HERE)) {
            assertThat(on.own()).extracting(LedgerRecord::origin).containsExactly(SENDER);
            assertThat(on.own().get(0).counts().sessions()).isZero();
            assertThat(on.own().get(0).trust()).isNotNull();
        }
    }

    @Test
    void ownStates_areReadByTheIndexOfVersions() throws Exception {
        try (Decoy decoy = new Decoy(HERE)) {
            decoy.catchMail(SENDER, 0);
            String query =
                    SenderRowMapper.selectOwn(1) + " AND (version, origin) > (5, '') ORDER BY version, origin LIMIT 10";
            assertThat(decoy.query("EXPLAIN QUERY PLAN " + query, "detail"))
                    .anyMatch(step -> step.contains("USING INDEX own_version_1"))
                    .noneMatch(step -> step.contains("TEMP B-TREE"));
        }
    }

    @Test
    void exportedStates_areMergedAsWhatTheirNodeKnows() throws Exception {
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        try (Decoy there = new Decoy(THERE)) {
            there.catchMail(SENDER, 0);
            there.retryAtPrimary(SENDER);
            try (LedgerStore reader = there.ledger.storage().openReader()) {
                LedgerRecordJson.write(reader.pages().readPage(null, 10), exported);
            }
        }
        LedgerRecord line = LedgerRecordJson.read(exported.toByteArray(), NOW);
        try (Decoy here = new Decoy("here.db", HERE, KEY, SharingSettings.OFF)) {
            assertThat(here.writer.merge(() -> here.ledger.merge(List.of(line))).join())
                    .isEqualTo(1);
            assertThat(here.trust(SENDER).tierAt(NOW.getEpochSecond())).isEqualTo(Tier.CLEARED);
            assertThat(here.policy.trust().own(SENDER).isUnknown()).isTrue();
        }
        try (Decoy restarted = new Decoy("here.db", HERE, KEY, SharingSettings.OFF);
                LedgerStore reader = restarted.ledger.storage().openReader()) {
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            LedgerRecordJson.write(reader.pages().readPage(null, 10), again);
            assertThat(again.toString(UTF_8)).isEqualTo(exported.toString(UTF_8));
        }
    }
}
