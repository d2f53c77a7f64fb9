package org.decoymx.smtp.server;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.decoymx.net.CidrSet;
import org.decoymx.net.ConnectionLimiter;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.ConversationSettings;

/**
 * What all sessions of the SMTP port share.
 *
 * @param settings what is said
 * @param timeouts how long to hold back, and how long to wait
 * @param trustedProxies whose PROXY header is believed, and required
 * @param connectionLimiter who may connect
 * @param metrics what is counted
 * @param sightingPublisher where what is seen goes
 * @param sessionNumbers numbers the sessions
 */
record SmtpServerContext(
        ConversationSettings settings,
        SessionTimeouts timeouts,
        CidrSet trustedProxies,
        ConnectionLimiter connectionLimiter,
        SmtpMetrics metrics,
        Consumer<Sighting> sightingPublisher,
        AtomicLong sessionNumbers,
        Clock clock) {

    /** The times of a session: what the decoy waits before it speaks, and how long it waits for the client. */
    record SessionTimeouts(Duration greetingDelay, Duration replyDelay, Duration idleTimeout, Duration sessionTimeout) {
        private static final Duration OVERLOAD_IDLE_TIMEOUT = Duration.ofSeconds(10);

        /** Patience with a silent client, in milliseconds; Postfix too waits but 10 s when it is overloaded. */
        long idleTimeoutMillis(boolean crowded) {
            return Math.min(idleTimeout.toMillis(), crowded ? OVERLOAD_IDLE_TIMEOUT.toMillis() : Long.MAX_VALUE);
        }
    }
}
