package org.decoymx.policy;

import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * A network that is never listed, or a negated one, which is excluded from a larger exempt network.
 *
 * @param network the network
 * @param exempt false if the network is negated
 * @param description the end of a sentence: "a private network", "a network of example.com, by its SPF record"
 */
public record Exemption(IpPrefix network, boolean exempt, String description) {

    /** Takes the {@link IpPrefix#hostNetwork} of the network, because that is what a sender is. */
    public Exemption {
        network = network.hostNetwork();
    }

    /** A network that is never listed. */
    public static Exemption of(IpPrefix network, String description) {
        return new Exemption(network, true, description);
    }

    /** Senders that an external source exempts. It answers from its cache without blocking. Thread-safe. */
    @FunctionalInterface
    public interface Allowlist {

        /**
         * Why the sender is exempt, as the end of a sentence; null if it is not on the allowlist. An IPv6 /64 is on it
         * if an address in it is known to be.
         */
        @Nullable
        String findReason(IpPrefix origin);

        /** Whether the source was queried about the sender and did not answer. */
        default boolean isUnanswered(IpPrefix origin) {
            return false;
        }
    }
}
