package org.decoymx.sighting;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/**
 * A report of one session, published at its first 451 and again at its end. Both have the same session number and
 * contain all facts known at that time, so the later one replaces the earlier, apart from the refused transactions.
 *
 * @param sessionNumber the number of the session in this process, from 1
 * @param address the sender's address; behind a trusted proxy, the address in the PROXY header
 * @param seenAt the time of this report
 * @param facts the deepest verb, traits, HELO name, reverse-path and recipient counts
 * @param outcome how the session ended; {@link Outcome#OPEN} if it has not ended yet
 * @param caught the transactions that were refused at DATA or BDAT since the report before, at most
 *     {@link CaughtEnvelopes#MAX_OF_REPORT}
 * @param notWorstMx whether DNS does not say of any recipient in this report that the decoy is the worst MX of its
 *     domain; such a report does not make a session count, but may add to one that does
 */
public record Sighting(
        long sessionNumber,
        InetAddress address,
        Instant seenAt,
        SessionFacts facts,
        Outcome outcome,
        List<CaughtEnvelopes> caught,
        boolean notWorstMx) {

    /** The event bus address to which sightings are published. */
    public static final String EVENT_BUS_ADDRESS = "decoymx.sighting";

    /** A session before the MX records of its recipients were looked up. */
    public Sighting(
            long sessionNumber,
            InetAddress address,
            Instant seenAt,
            SessionFacts facts,
            Outcome outcome,
            List<CaughtEnvelopes> caught) {
        this(sessionNumber, address, seenAt, facts, outcome, caught, false);
    }

    /** How a session ended. */
    public enum Outcome {
        OPEN,
        /** The client sent QUIT. */
        QUIT,
        /** The client disconnected without QUIT. */
        LEFT,
        /** A timeout passed. */
        TIMED_OUT,
        /** The decoy closed the session because of what the client did. */
        CLOSED,
        /** The decoy was stopped. */
        SHUT_DOWN
    }

    /** This report in place of an earlier one of the same session, with the refused transactions of both. */
    public Sighting replacing(Sighting earlier) {
        List<CaughtEnvelopes> both = Stream.concat(earlier.caught.stream(), caught.stream())
                .limit(CaughtEnvelopes.MAX_OF_REPORT)
                .toList();
        return new Sighting(sessionNumber, address, seenAt, facts, outcome, both);
    }

    /** This report with the recipients in these domains only. */
    public Sighting retainDomains(Set<String> domains) {
        List<CaughtEnvelopes> retained = caught.stream()
                .map(transaction -> transaction.retainDomains(domains))
                .filter(transaction -> !transaction.hashes().isEmpty())
                .toList();
        return new Sighting(sessionNumber, address, seenAt, facts, outcome, retained, retained.isEmpty());
    }

    /** This report with only one of the refused transactions. */
    public Sighting withCaught(CaughtEnvelopes transaction) {
        return new Sighting(sessionNumber, address, seenAt, facts, outcome, List.of(transaction));
    }

    /** The traits of the session. */
    public Set<Trait> traits() {
        return facts.traits();
    }

    /** Whether the session reached the 451 to DATA or BDAT for a protected recipient. */
    public boolean isQualifyingConversation() {
        return !Verb.DATA.isDeeperThan(facts.deepestVerb()) && facts.protectedRecipients() > 0;
    }
}
