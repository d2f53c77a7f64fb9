package org.decoymx.ledger;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PolicySettings;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SessionWeights;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.Database;
import org.decoymx.store.StorageException;

/** Sightings and counts for the tests of the ledger. */
final class LedgerFixtures {
    static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    static final Node HERE = new Node("here");
    static final Node THERE = new Node("there");

    /** A half-life that is so long that points do not decay. */
    private static final Duration NO_DECAY = Duration.ofSeconds(Long.MAX_VALUE);

    private static final Duration HOUR = Duration.ofHours(1);

    /** Lists a sender for an hour after each complete conversation, which has 10 points. */
    static final Policy ONE_HOUR_POLICY = PolicyFixtures.of(settings(10, Map.of()), new ExemptNetworks());

    private LedgerFixtures() {}

    /** Opens a database of the ledger for writing. */
    static LedgerStore openStore(Database database, Node own) throws StorageException {
        return database.open(connection -> {
            LedgerStore store = new LedgerStore(connection);
            store.claim(own);
            return store;
        });
    }

    /** Settings with 10 points for a complete conversation, and none for other sessions. */
    static PolicySettings settings(double threshold, Map<Trait, Double> traits) {
        SessionWeights weights = new SessionWeights(10, traits);
        return new PolicySettings(PolicyMode.ENFORCE, threshold, NO_DECAY, HOUR, HOUR, HOUR, 0, weights, 1);
    }

    static IpPrefix origin(String address) {
        return IpText.parseHostNetwork(address).orElseThrow();
    }

    private static InetAddress ip(String address) {
        return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address));
    }

    /** A sighting some seconds after T; with DATA it has a protected recipient. */
    static Sighting sighting(
            long session, String address, long second, Verb deepest, Outcome outcome, Trait... traits) {
        EnumSet<Trait> traitSet = EnumSet.noneOf(Trait.class);
        traitSet.addAll(List.of(traits));
        int protectedRecipients = deepest == Verb.DATA ? 1 : 0;
        SessionFacts facts = new SessionFacts(
                deepest, traitSet, "client.example.net", "a@Example.com", 2, protectedRecipients, true);
        return new Sighting(session, ip(address), T.plusSeconds(second), facts, outcome, List.of());
    }

    /** A sighting of a complete conversation. */
    static Sighting caught(long session, String address, long second) {
        return sighting(session, address, second, Verb.DATA, Outcome.QUIT);
    }

    /** The report of a message from 192.0.2.1, with its envelope, at the 451. */
    static Sighting deferred(EnvelopeHasher hasher, Instant at) {
        CaughtEnvelopes caught = hasher.hashAll("a@example.net", List.of("b@example.org"), at.getEpochSecond());
        long second = at.getEpochSecond() - T.getEpochSecond();
        return sighting(1, "192.0.2.1", second, Verb.DATA, Outcome.OPEN).withCaught(caught);
    }

    /** Counts with times in seconds after T; not listed if listedUntil is 0. */
    static SenderCounts counts(Node node, String address, long lastSeen, long sessions, long listedUntil) {
        long seen = T.getEpochSecond() + lastSeen;
        SenderScore score = listedUntil == 0
                ? SenderScore.NONE
                : new SenderScore(10, seen, 1, seen, T.getEpochSecond() + listedUntil, 7);
        return new SenderCounts(node, origin(address), seen - 10, seen, sessions, 1, 3, 2, score);
    }
}
