package org.decoymx.policy;

import org.decoymx.ledger.Origin;
import org.jspecify.annotations.Nullable;

/**
 * A network that is never listed, or one that is taken out of such a network again.
 *
 * @param network which one
 * @param exempt false when it is taken out again
 * @param description what it is, as the end of a sentence: "a private network", "a network of example.com, by its SPF record"
 */
public record Exemption(IpNetwork network, boolean exempt, String description) {

    /** A network that is never listed. */
    public static Exemption of(IpNetwork network, String name) {
        return new Exemption(network, true, name);
    }

    /** Knows senders that are never listed by asking others; it answers at once, from what it has learnt. Any thread. */
    @FunctionalInterface
    public interface Allowlist {

        /** What the sender is, as the end of a sentence; null when nothing speaks for it. */
        @Nullable
        String findReason(Origin origin);

        /** Whether those who might speak for the sender were asked, and did not answer. */
        default boolean isUnanswered(Origin origin) {
            return false;
        }
    }
}
