package org.decoymx.admin;

import java.time.Instant;
import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.EnvelopeHasher;

/**
 * A line of a visit report. Every visit protects the sender, whatever its result. With sender, recipient and result it
 * can also show a retry.
 *
 * @param origin the sender: an IPv4 address or an IPv6 /64
 * @param seenAt when it was at the primary MX
 * @param timed whether the line says when
 * @param sender its reverse-path, without angle brackets; empty text is the null reverse-path
 * @param recipient the recipient, without angle brackets
 * @param result what the primary did with the message; empty if the line does not say it
 */
record PrimaryVisitLine(
        IpPrefix origin,
        Instant seenAt,
        boolean timed,
        Optional<String> sender,
        Optional<String> recipient,
        Optional<VisitResult> result) {

    /** The visit with its envelope; empty if the line does not say whose message it was, and what became of it. */
    Optional<TrustVisit> envelope(EnvelopeHasher hasher) {
        return result.flatMap(known -> sender.flatMap(from -> recipient.map(to -> new TrustVisit(
                origin,
                seenAt.getEpochSecond(),
                hasher.hash(from, to),
                EnvelopeHasher.isNullReversePath(from),
                known,
                known == VisitResult.DEFERRED))));
    }
}
