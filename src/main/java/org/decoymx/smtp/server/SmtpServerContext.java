package org.decoymx.smtp.server;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.PrefixMap;
import org.decoymx.net.WarmUp;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.smtp.protocol.ConversationSettings;

/**
 * The objects that all sessions of the SMTP port share.
 *
 * @param settings the settings of the conversation
 * @param timeouts delays and timeouts
 * @param trustedProxies the networks whose PROXY header is required and trusted
 * @param metrics counts sessions, commands and replies
 * @param envelopeHasher hashes what a client wanted to deliver
 * @param sessionNumbers the source of session numbers
 * @param tlsWarmUp what must be done before the first TLS handshake
 */
record SmtpServerContext(
        ConversationSettings settings,
        SessionTimeouts timeouts,
        PrefixMap<IpPrefix> trustedProxies,
        SmtpMetrics metrics,
        EnvelopeHasher envelopeHasher,
        AtomicLong sessionNumbers,
        WarmUp tlsWarmUp,
        Clock clock) {

    /** Delays before the decoy sends, and timeouts for the client. */
    record SessionTimeouts(Duration greetingDelay, Duration replyDelay, Duration idleTimeout, Duration sessionTimeout) {
        private static final Duration OVERLOAD_IDLE_TIMEOUT = Duration.ofSeconds(10);

        /** The idle timeout in milliseconds, at most 10 s near the connection limit, as Postfix does under overload. */
        long idleTimeoutMillis(boolean nearLimit) {
            return Math.min(idleTimeout.toMillis(), nearLimit ? OVERLOAD_IDLE_TIMEOUT.toMillis() : Long.MAX_VALUE);
        }
    }
}
