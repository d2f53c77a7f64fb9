package org.decoymx.exemption;

import org.decoymx.net.IpPrefix;

/** A mechanism of an SPF record (RFC 7208, section 5). */
sealed interface SpfMechanism {

    /** Whether a match is a pass: the qualifier is {@code +} or missing. */
    boolean passes();

    /** {@code all}: later mechanisms are ignored. */
    record AllMechanism(boolean passes) implements SpfMechanism {}

    /** {@code ip4} and {@code ip6}. */
    record IpMechanism(boolean passes, IpPrefix network) implements SpfMechanism {}

    /**
     * {@code include}: the senders that pass the record of another domain.
     *
     * @param domain may contain macros
     */
    record IncludeMechanism(boolean passes, String domain) implements SpfMechanism {}

    /**
     * {@code a} and {@code mx}: networks around the addresses of a domain, or of its MX hosts.
     *
     * @param domain may contain macros; empty for the domain of this record
     * @param v4PrefixLength prefix length for IPv4 addresses
     * @param v6PrefixLength prefix length for IPv6 addresses
     */
    record HostMechanism(boolean passes, boolean mx, String domain, int v4PrefixLength, int v6PrefixLength)
            implements SpfMechanism {}

    /** {@code ptr} and {@code exists}: they can only be evaluated for a given sender, so they yield no networks. */
    record NonEnumerable(boolean passes, String text) implements SpfMechanism {}
}
