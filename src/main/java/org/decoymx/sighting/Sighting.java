package org.decoymx.sighting;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Set;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/**
 * What was seen of one session, published at its first 451 and again at its end. Both carry the same session number and
 * say all that is known by then, so the later one replaces the earlier.
 *
 * @param sessionNumber numbers the sessions of this process, from 1
 * @param address the sender's address; behind a trusted proxy the one that the proxy's header names
 * @param seenAt when this was seen
 * @param facts how far the session went, its traits, HELO name, reverse-path and recipient counts
 * @param outcome how the session ended, {@link Outcome#OPEN} while it goes on
 */
public record Sighting(long sessionNumber, InetAddress address, Instant seenAt, SessionFacts facts, Outcome outcome) {

    /** The event bus address that sightings are published to. */
    public static final String EVENT_BUS_ADDRESS = "decoymx.sighting";

    /** How a session ended. */
    public enum Outcome {
        OPEN,
        /** With QUIT. */
        QUIT,
        /** The client went without a word. */
        LEFT,
        /** The client kept the decoy waiting too long. */
        TIMED_OUT,
        /** The decoy closed it for what the client did. */
        CLOSED,
        /** The decoy itself was stopped. */
        SHUT_DOWN
    }

    /** The sender's habits. */
    public Set<Trait> traits() {
        return facts.traits();
    }

    /** Whether the session was a complete conversation for a protected recipient: up to DATA and its 451. */
    public boolean isQualifyingConversation() {
        return !Verb.DATA.isDeeperThan(facts.deepestVerb()) && facts.protectedRecipients() > 0;
    }
}
