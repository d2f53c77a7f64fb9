package org.decoymx.smtp.server;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.PrefixMap;
import org.decoymx.net.WarmUp;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.decoymx.smtp.protocol.Verb;

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
 * @param clock the time of sightings
 * @param durations the clock of timeouts, which is never set
 */
record SmtpServerContext(
        ConversationSettings settings,
        SessionTimeouts timeouts,
        PrefixMap<IpPrefix> trustedProxies,
        SmtpMetrics metrics,
        EnvelopeHasher envelopeHasher,
        AtomicLong sessionNumbers,
        WarmUp tlsWarmUp,
        Clock clock,
        Clock durations) {

    /** Delays before the decoy sends, and timeouts for the client. */
    record SessionTimeouts(Duration greetingDelay, Duration replyDelay, Duration idleTimeout, Duration sessionTimeout) {
        /** As Postfix under overload. */
        private static final Duration OVERLOAD_TIMEOUT = Duration.ofSeconds(10);

        private static final Duration OVERLOAD_TIMEOUT_WITH_HELO = Duration.ofSeconds(30);
        private static final Duration OVERLOAD_TIMEOUT_WITH_RECIPIENT = Duration.ofMinutes(1);

        /** The idle timeout near the connection limit, in milliseconds: short for those that have done least. */
        long overloadTimeoutMillis(Verb deepestVerb, boolean newcomer) {
            Duration timeout;
            if (!Verb.RCPT.isDeeperThan(deepestVerb)) {
                timeout = newcomer ? OVERLOAD_TIMEOUT_WITH_RECIPIENT : idleTimeout;
            } else if (Verb.HELO.isDeeperThan(deepestVerb) || newcomer) {
                timeout = OVERLOAD_TIMEOUT;
            } else {
                timeout = OVERLOAD_TIMEOUT_WITH_HELO;
            }
            return Math.min(idleTimeout.toMillis(), timeout.toMillis());
        }
    }
}
