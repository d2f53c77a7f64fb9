package org.decoymx.ledger;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/** Sightings, tallies and entries for the tests of the ledger. */
final class LedgerFixtures {
    static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    static final Node HERE = new Node("here");
    static final Node THERE = new Node("there");

    /** Lists for an hour whoever completes a conversation, and counts how often. */
    static final ScoringPolicy ONE_HOUR_POLICY = new ScoringPolicy() {
        @Override
        public SessionScore scoreSession(Sighting sighting) {
            return sighting.isQualifyingConversation() ? new SessionScore(10, null) : SessionScore.ZERO;
        }

        @Override
        public SenderScore addPoints(Sender known, SenderScore own, double points, Instant at) {
            long second = at.getEpochSecond();
            return new SenderScore(own.points() + points, second, own.offences() + 1, second, second + 3_600, 1);
        }
    };

    private LedgerFixtures() {}

    static Origin origin(String address) {
        return Origin.parse(address).orElseThrow();
    }

    private static InetAddress ip(String address) {
        return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address));
    }

    /** A session of an address, seen some seconds after T; one up to DATA had a protected recipient. */
    static Sighting sighting(long session, String address, long second, Verb deepest, Outcome end, Trait... traits) {
        EnumSet<Trait> noted = EnumSet.noneOf(Trait.class);
        noted.addAll(List.of(traits));
        int taken = deepest == Verb.DATA ? 1 : 0;
        SessionFacts notes = new SessionFacts(deepest, noted, "client.example.net", "a@Example.com", 2, taken, true);
        return new Sighting(session, ip(address), T.plusSeconds(second), notes, end);
    }

    /** A complete session of an address. */
    static Sighting caught(long session, String address, long second) {
        return sighting(session, address, second, Verb.DATA, Outcome.QUIT);
    }

    /** A tally last seen some seconds after T, listed until some seconds after T, or never when that is 0. */
    static SenderCounts counts(Node node, String address, long lastSeen, long sessions, long listedUntil) {
        long seen = T.getEpochSecond() + lastSeen;
        SenderScore score = listedUntil == 0
                ? SenderScore.NONE
                : new SenderScore(10, seen, 1, seen, T.getEpochSecond() + listedUntil, 7);
        return new SenderCounts(node, origin(address), seen - 10, seen, sessions, 1, 3, 2, score);
    }
}
