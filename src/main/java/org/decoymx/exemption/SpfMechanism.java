package org.decoymx.exemption;

import org.decoymx.policy.IpNetwork;

/** A mechanism of an SPF record, as far as it says who may send: RFC 7208 section 5. */
sealed interface SpfMechanism {

    /** Whether it speaks for the senders that it matches: its qualifier is {@code +} or none. */
    boolean passes();

    /** Matches everybody; nothing behind it counts. */
    record AllMechanism(boolean passes) implements SpfMechanism {}

    /** {@code ip4} and {@code ip6}. */
    record IpMechanism(boolean passes, IpNetwork network) implements SpfMechanism {}

    /**
     * Whomever another domain speaks for.
     *
     * @param domain it may have macros
     */
    record IncludeMechanism(boolean passes, String domain) implements SpfMechanism {}

    /**
     * {@code a} and {@code mx}: the addresses of a domain, or of its mail servers, and the networks around them.
     *
     * @param domain it may have macros; empty for the domain whose record this is
     * @param v4PrefixLength the prefix length of the networks around IPv4 addresses
     * @param v6PrefixLength likewise for IPv6
     */
    record HostMechanism(boolean passes, boolean mx, String domain, int v4PrefixLength, int v6PrefixLength)
            implements SpfMechanism {}

    /** {@code ptr} and {@code exists}: whom these match can be told of a sender, but not listed. */
    record NonEnumerable(boolean passes, String text) implements SpfMechanism {}
}
