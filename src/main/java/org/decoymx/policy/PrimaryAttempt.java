package org.decoymx.policy;

import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * What a primary reported of a client, as far as it may excuse a catch; see {@link DeliveryAttempts}.
 *
 * @param at seconds since 1970
 * @param recipient the hash of the recipient; 0 if it is not known. See {@link org.decoymx.sighting.EnvelopeHasher}
 * @param envelope the hash of the envelope; 0 if it is not known
 * @param result what became of the message; null if that is not known
 */
public record PrimaryAttempt(
        IpPrefix client,
        long at,
        long recipient,
        long envelope,
        @Nullable VisitResult result) implements PrimaryReport {

    /** A visit of a client of which nothing more is known. */
    public static PrimaryAttempt ofClient(IpPrefix client, long at) {
        return new PrimaryAttempt(client, at, 0, 0, null);
    }

    /** Whether the message was accepted, or refused for good. */
    boolean isFinal() {
        return result != null && result.isFinal();
    }
}
