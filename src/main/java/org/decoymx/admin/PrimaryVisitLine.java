package org.decoymx.admin;

import java.time.Instant;
import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.EnvelopeHasher;

/**
 * A line of a visit report. With a recipient and a result, it says whom a primary put off, and with the sender it can
 * also show a retry. Without a result only the address is known, and only for a short time.
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

    /** The visit as far as it may excuse a catch. */
    PrimaryAttempt attempt(EnvelopeHasher hasher) {
        return new PrimaryAttempt(
                origin,
                seenAt.getEpochSecond(),
                recipient.map(hasher::hashRecipient).orElse(0L),
                sender.flatMap(from -> recipient.map(to -> hasher.hash(from, to)))
                        .orElse(0L),
                result.orElse(null));
    }

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
