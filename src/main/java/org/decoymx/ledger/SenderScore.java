package org.decoymx.ledger;

import java.time.Instant;

/**
 * What the policy has made of a sender's sessions. Times are seconds since 1970, 0 for never.
 *
 * @param points how much it has against it, as of {@code scoredAt}
 * @param scoredAt when points were last added
 * @param offences how often it was listed anew, without those that are forgiven
 * @param listedSince when it was last listed anew
 * @param listedUntil when that listing ends, or ended
 * @param peaks the most points it had on each of the last days, as the policy writes it
 */
public record SenderScore(double points, long scoredAt, int offences, long listedSince, long listedUntil, int peaks) {

    /** Of a sender that has nothing against it. */
    public static final SenderScore NONE = new SenderScore(0, 0, 0, 0, 0, 0);

    /** Whether the sender is listed at a moment, exemptions apart. */
    public boolean isListed(Instant now) {
        return now.isBefore(Instant.ofEpochSecond(listedUntil));
    }
}
