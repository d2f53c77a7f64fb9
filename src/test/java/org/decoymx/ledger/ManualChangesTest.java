package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.THERE;
import static org.decoymx.ledger.LedgerFixtures.counts;
import static org.decoymx.ledger.LedgerFixtures.origin;
import static org.decoymx.ledger.LedgerFixtures.sighting;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.RememberedEnvelope;
import org.decoymx.policy.Sender;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decisions by hand in the ledger, over restarts, exports and later sessions. */
class ManualChangesTest {
    private static final EnvelopeKey KEY = EnvelopeKey.parse("00112233445566778899aabbccddeeff\n");
    private static final String ADDRESS = "192.0.2.1";
    private static final IpPrefix SENDER = origin(ADDRESS);
    private static final Instant NOW = T.plusSeconds(600);
    private static final ManualDecision FORGET =
            new ManualDecision(Tier.NONE, NOW.getEpochSecond(), 0, "a mistake", HERE.name());
    private static final ManualDecision CONFIRM = new ManualDecision(
            Tier.CONFIRMED, NOW.getEpochSecond(), NOW.getEpochSecond() + 3_600, "sends to our traps", HERE.name());

    @TempDir
    private Path dir;

    private final class Started implements AutoCloseable {
        private final Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24));
        private final EnvelopeHasher hasher = new EnvelopeHasher("example.org");
        private final SenderLedger ledger;

        Started() throws StorageException {
            this("ledger.db", HERE);
        }

        Started(String file, Node node) throws StorageException {
            Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
            ledger = new SenderLedger(
                    dir.resolve(file), node, policy, clock, new TrustPersistence(policy.trust(), hasher, KEY, clock));
            ledger.open();
        }

        void catchMail(long session, long second, Outcome outcome, Trait... traits) {
            Sighting sighting = sighting(session, ADDRESS, second, Verb.DATA, outcome, traits);
            ledger.aggregate(List.of(new Sighting(
                    session,
                    sighting.address(),
                    sighting.seenAt(),
                    sighting.facts(),
                    outcome,
                    List.of(hasher.hashAll(
                            "a@example.net",
                            List.of("b" + session + second + "@example.org"),
                            T.getEpochSecond() + second)))));
            ledger.commit();
        }

        Collection<Sender> decide(ManualDecision decision) throws StorageException {
            ledger.manual().decide(SENDER, decision);
            return ledger.commit();
        }

        boolean isListed() {
            return isListed(SENDER);
        }

        boolean isListed(IpPrefix origin) {
            return ledger.find(origin)
                    .map(sender -> policy.isListed(sender, NOW))
                    .orElse(false);
        }

        @Nullable
        ManualDecision decision() {
            return policy.trust().manual().find(SENDER);
        }

        String export() throws Exception {
            try (LedgerStore reader = ledger.storage().openReader()) {
                ByteArrayOutputStream lines = new ByteArrayOutputStream();
                List<LedgerRecord> page = reader.pages().readPage(null, 1);
                while (!page.isEmpty()) {
                    LedgerRecordJson.write(page, lines);
                    page = reader.pages().readPage(page.get(0).counts(), 1);
                }
                return lines.toString(StandardCharsets.UTF_8);
            }
        }

        void merge(String export) throws StorageException {
            ledger.merge(export.lines()
                    .map(line -> LedgerRecordJson.read(line.getBytes(StandardCharsets.UTF_8), NOW))
                    .toList());
            ledger.commit();
        }

        @Override
        public void close() {
            ledger.close();
        }
    }

    @Test
    void unseenSender_isListed_andAnnounced_overARestart() throws Exception {
        try (Started decoy = new Started()) {
            assertThat(decoy.decide(CONFIRM)).extracting(Sender::origin).containsExactly(SENDER);
            assertThat(decoy.isListed()).isTrue();
            assertThat(decoy.ledger.find(SENDER).orElseThrow().sessions()).isZero();
        }
        try (Started restarted = new Started()) {
            assertThat(restarted.isListed()).isTrue();
            assertThat(restarted.decision()).isEqualTo(CONFIRM);
            restarted.ledger.index().forEachListed(NOW, sender -> assertThat(sender.origin())
                    .isEqualTo(SENDER));
            restarted.catchMail(1, 601, Outcome.QUIT);
            Sender seen = restarted.ledger.find(SENDER).orElseThrow();
            assertThat(seen.firstSeen()).isEqualTo(T.plusSeconds(601));
            assertThat(restarted.policy.evaluate(seen, NOW).tier()).isEqualTo(Tier.CONFIRMED);
        }
    }

    /** The addresses beyond sixteen of a /64 are counted for it. */
    @Test
    void forgottenNetwork_theOpenSessionsOfItsAddressesDoNotCount() throws Exception {
        IpPrefix network = origin("2001:db8:1:2::1").neighborhood();
        try (Started decoy = new Started()) {
            for (int i = 1; i <= 17; i++) {
                Sighting caught = sighting(i, "2001:db8:1:2::" + i, 590, Verb.DATA, Outcome.OPEN);
                decoy.ledger.aggregate(List.of(caught));
            }
            decoy.ledger.commit();
            assertThat(decoy.isListed(network)).isTrue();
            decoy.ledger.manual().decide(network, FORGET);
            decoy.ledger.commit();
            decoy.ledger.aggregate(
                    List.of(sighting(17, "2001:db8:1:2::17", 601, Verb.DATA, Outcome.QUIT, Trait.TALKS_ON)));
            decoy.ledger.commit();
            assertThat(decoy.ledger.find(network).orElseThrow().latestScore().points())
                    .isZero();
            assertThat(decoy.isListed(network)).isFalse();
        }
    }

    @Test
    void forgottenSender_isDelisted_andItsOpenSessionDoesNotCount() throws Exception {
        try (Started decoy = new Started()) {
            decoy.catchMail(1, 590, Outcome.OPEN);
            assertThat(decoy.isListed()).isTrue();
            assertThat(decoy.decide(FORGET)).noneMatch(sender -> decoy.policy.isListed(sender, NOW));
            assertThat(decoy.isListed()).isFalse();

            decoy.catchMail(1, 601, Outcome.QUIT, Trait.TALKS_ON, Trait.HELO_OURS, Trait.FLOOD);
            assertThat(decoy.isListed()).as("the same session goes on").isFalse();
            decoy.catchMail(2, 595, Outcome.QUIT);
            assertThat(decoy.isListed()).as("a session that is reported late").isFalse();
            decoy.catchMail(3, 601, Outcome.QUIT);
            assertThat(decoy.isListed()).as("a later session").isTrue();
        }
        try (Started restarted = new Started()) {
            assertThat(restarted.decision()).isEqualTo(FORGET);
        }
    }

    @Test
    void forgottenSender_losesTheListingOfOtherNodes() throws Exception {
        try (Started decoy = new Started()) {
            decoy.ledger.merge(List.of(new LedgerRecord(counts(THERE, ADDRESS, 5, 1, 9_000), null)));
            assertThat(decoy.isListed()).isTrue();
            decoy.decide(FORGET);
            assertThat(decoy.isListed()).isFalse();
        }
        try (Started restarted = new Started()) {
            assertThat(restarted.isListed()).isFalse();
            restarted.ledger.merge(List.of(new LedgerRecord(counts(THERE, ADDRESS, 5, 1, 9_000), null)));
            assertThat(restarted.isListed()).as("the same record again").isFalse();
        }
    }

    @Test
    void decision_thatWasDroppedForLaterOnes_isNotMadeAgain() throws Exception {
        try (Started decoy = new Started()) {
            for (int i = 0; i < ManualDecisions.MAX_DECISIONS; i++) {
                decoy.policy
                        .trust()
                        .manual()
                        .load(
                                IpPrefix.ofBits(false, i),
                                new ManualDecision(Tier.NONE, NOW.getEpochSecond() + 1, 0, ""));
            }
            decoy.ledger.manual().merge(Map.of(SENDER, CONFIRM));
            assertThat(decoy.policy.trust().find(SENDER).isUnknown()).isTrue();
            assertThat(decoy.ledger.manual().decisions().entries()).hasSize(ManualDecisions.MAX_DECISIONS);
            decoy.ledger.manual().decide(SENDER, CONFIRM);
            assertThat(decoy.policy.trust().find(SENDER).listing().byHand()).isTrue();
        }
    }

    @Test
    void decisions_areExported_andTheLaterOneWins() throws Exception {
        String listed;
        String forgotten;
        try (Started one = new Started()) {
            one.catchMail(1, 500, Outcome.QUIT);
            one.decide(new ManualDecision(Tier.SUSPECT, NOW.getEpochSecond() - 60, NOW.getEpochSecond() + 60, "\"x\""));
            listed = one.export();
            one.decide(FORGET);
            forgotten = one.export();
            one.merge(listed);
            assertThat(one.isListed()).as("an older export is imported").isFalse();
        }
        assertThat(listed).contains("\"byHand\":{\"tier\":\"SUSPECT\",\"at\":", "\"reason\":\"\\\"x\\\"\"");
        assertThat(forgotten).contains("\"byHand\":{\"tier\":\"NONE\"").doesNotContain("\"until\"");
        try (Started other = new Started("other.db", THERE)) {
            other.merge(listed);
            assertThat(other.isListed()).isTrue();
            assertThat(other.decision()).extracting(ManualDecision::reason).isEqualTo("\"x\"");
            other.merge(forgotten);
            assertThat(other.isListed()).isFalse();
            assertThat(other.decision()).isEqualTo(FORGET);
        }
        try (Started restarted = new Started("other.db", THERE)) {
            assertThat(restarted.isListed()).isFalse();
            assertThat(restarted.decision()).isEqualTo(FORGET);
        }
    }

    @Test
    void forgottenSender_isNotListedByHandAgain_byANodeThatCaughtItAfterThat() throws Exception {
        ManualDecision earlier =
                new ManualDecision(Tier.CONFIRMED, NOW.getEpochSecond() - 60, NOW.getEpochSecond() + 3_600, "spam");
        String exported;
        try (Started one = new Started()) {
            one.decide(earlier);
            one.catchMail(1, 601, Outcome.QUIT);
            exported = one.export();
        }
        try (Started other = new Started("other.db", THERE)) {
            other.decide(FORGET);
            other.merge(exported);
            assertThat(other.policy.trust().find(SENDER).listing().byHand()).isFalse();
            assertThat(other.policy.trust().find(SENDER).tierAt(NOW.getEpochSecond()))
                    .isNotEqualTo(Tier.CONFIRMED);
        }
    }

    @Test
    void forgottenSender_thatWasCaughtAgain_staysListedAfterAnImport_overARestart() throws Exception {
        String before;
        String after;
        try (Started one = new Started()) {
            one.catchMail(1, 500, Outcome.QUIT);
            before = one.export();
            one.decide(FORGET);
            one.catchMail(2, 601, Outcome.QUIT);
            assertThat(one.isListed()).isTrue();
            after = one.export();
        }
        try (Started other = new Started("other.db", THERE)) {
            other.merge(before);
            other.merge(after);
            assertThat(other.isListed()).isTrue();
        }
        try (Started restarted = new Started("other.db", THERE)) {
            assertThat(restarted.isListed()).isTrue();
            assertThat(restarted.ledger.find(SENDER).orElseThrow().sessions()).isEqualTo(2);
        }
        try (Started restored = new Started("restored.db", HERE)) {
            restored.merge(after);
        }
        try (Started restarted = new Started("restored.db", HERE)) {
            assertThat(restarted.isListed()).as("the decoy's own export").isTrue();
            assertThat(restarted.ledger.find(SENDER).orElseThrow().sessions()).isEqualTo(2);
        }
    }

    @Test
    void trustOfAnotherNode_isExportedAgain_once() throws Exception {
        String first;
        String second;
        TrustState state;
        try (Started one = new Started()) {
            one.catchMail(1, 500, Outcome.QUIT);
            state = one.policy.trust().find(SENDER);
            first = one.export();
        }
        try (Started two = new Started("two.db", THERE)) {
            two.merge(first);
            two.ledger.merge(List.of(new LedgerRecord(counts(new Node("more"), ADDRESS, 5, 1, 0), null)));
            second = two.export();
        }
        assertThat(second).containsOnlyOnce("\"trust\"").hasLineCount(2);
        try (Started three = new Started("three.db", new Node("three"))) {
            three.merge(second);
            TrustState known = three.policy.trust().find(SENDER);
            assertThat(known.listing()).isEqualTo(state.listing());
            assertThat(known.caught().entries())
                    .extracting(RememberedEnvelope::hash)
                    .containsExactly(state.caught().entries().get(0).hash());
            assertThat(three.export()).isEqualTo(second);
        }
    }

    @Test
    void badDecision_inAnImport_isRefused() throws Exception {
        String line;
        try (Started one = new Started()) {
            one.decide(CONFIRM);
            line = one.export();
        }
        for (String bad : List.of(
                line.replace("\"tier\":\"CONFIRMED\"", "\"tier\":null"),
                line.replace("sends to our traps", "two\\nlines"),
                line.replaceFirst("\"byHand\":\\{\"tier\":\"CONFIRMED\",\"at\":\"[^\"]*\"", "\"byHand\":{\"at\":\"x\""),
                line.replaceAll("\"until\":\"[^\"]*\"", "\"until\":\"2126-01-01T00:00:00Z\""))) {
            assertThatThrownBy(() -> LedgerRecordJson.read(bad.strip().getBytes(StandardCharsets.UTF_8), NOW))
                    .as(bad)
                    .isInstanceOf(InvalidRecordException.class);
        }
    }

    @Test
    void oldSender_isKept_whileItsDecisionIsShown() throws Exception {
        try (Started decoy = new Started()) {
            decoy.decide(FORGET);
            List<SenderCounts> all = new ArrayList<>();
            decoy.ledger.index().forEachMatching((lastSeen, listedUntil) -> true, all::add);
            assertThat(decoy.ledger.deleteUnchanged(all, NOW.plus(Duration.ofDays(60)), NOW.plus(Duration.ofDays(60))))
                    .isEmpty();
            assertThat(decoy.ledger.find(SENDER)).isPresent();
            decoy.ledger.deleteUnchanged(all, NOW.plus(Duration.ofDays(91)), NOW.plus(Duration.ofDays(91)));
            assertThat(decoy.ledger.find(SENDER)).isEmpty();
            assertThat(decoy.decision()).isNull();
        }
    }

    @Test
    void ledgerOfRelease010_isMigrated_andKeepsDecisions() throws Exception {
        Files.copy(Path.of("src/test/resources/release-0.1.0/ledger.db"), dir.resolve("ledger.db"));
        int senders;
        try (Started decoy = new Started()) {
            senders = decoy.ledger.size();
            assertThat(senders).isPositive();
            decoy.decide(CONFIRM);
            assertThat(decoy.isListed()).isTrue();
        }
        try (Started restarted = new Started()) {
            assertThat(restarted.ledger.size()).isEqualTo(senders + 1);
            assertThat(restarted.decision())
                    .usingRecursiveComparison()
                    .ignoringFields("who")
                    .isEqualTo(CONFIRM);
            assertThat(restarted.decision()).extracting(ManualDecision::who).isEqualTo("mx1.example.org-2cf2e5");
            assertThat(restarted.isListed()).isTrue();
        }
    }

    @Test
    void brokenFile_refusesTheDecision() throws Exception {
        try (Started decoy = new Started()) {
            decoy.decide(CONFIRM);
            Files.move(dir.resolve("ledger.db"), dir.resolve("moved.db"));
            Files.createDirectory(dir.resolve("ledger.db"));
            assertThatThrownBy(() -> decoy.decide(FORGET)).isInstanceOf(StorageException.class);
            assertThat(decoy.decision()).isEqualTo(CONFIRM);
            Files.delete(dir.resolve("ledger.db"));
        }
    }
}
