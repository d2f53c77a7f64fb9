package org.decoymx.sighting;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Set;
import org.decoymx.smtp.protocol.Notes;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/**
 * What was seen of one session, published at its first 451 and again at its end. Both carry the same session number and
 * say all that is known by then, so the later one replaces the earlier.
 *
 * @param session numbers the sessions of this process, from 1
 * @param address the sender's address; behind a trusted proxy the one that the proxy's header names
 * @param at when this was seen
 * @param notes how far the session went, its traits, HELO name, reverse-path and recipient counts
 * @param ending how the session ended, {@link Ending#OPEN} while it goes on
 */
public record Sighting(long session, InetAddress address, Instant at, Notes notes, Ending ending) {

    /** The event bus address that sightings are published to. */
    public static final String ADDRESS = "decoymx.sighting";

    /** How a session ended. */
    public enum Ending {
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
        return notes.traits();
    }

    /** Whether the session was a complete conversation for a protected recipient: up to DATA and its 451. */
    public boolean isCaught() {
        return !Verb.DATA.deeperThan(notes.deepest()) && notes.protectedRecipients() > 0;
    }
}
