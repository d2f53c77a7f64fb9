package org.decoymx.smtp.server;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.decoymx.net.Admission;
import org.decoymx.net.Networks;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.Settings;

/**
 * What all sessions of the SMTP port share.
 *
 * @param settings what is said
 * @param delays how long to hold back, and how long to wait
 * @param trusted whose PROXY header is believed, and required
 * @param admission who may connect
 * @param traffic what is counted
 * @param sightings where what is seen goes
 * @param numbers numbers the sessions
 */
record Port(
        Settings settings,
        Delays delays,
        Networks trusted,
        Admission admission,
        Traffic traffic,
        Consumer<Sighting> sightings,
        AtomicLong numbers,
        Clock clock) {

    /** The times of a session: what the decoy waits before it speaks, and how long it waits for the client. */
    record Delays(Duration greeting, Duration reply, Duration idle, Duration session) {
        private static final Duration IDLE_WHEN_CROWDED = Duration.ofSeconds(10);

        /** Patience with a silent client, in milliseconds; Postfix too waits but 10 s when it is overloaded. */
        long idleMillis(boolean crowded) {
            return Math.min(idle.toMillis(), crowded ? IDLE_WHEN_CROWDED.toMillis() : Long.MAX_VALUE);
        }
    }
}
