package org.decoymx.exemption;

import org.decoymx.policy.Network;

/** A mechanism of an SPF record, as far as it says who may send: RFC 7208 section 5. */
sealed interface SpfTerm {

    /** Whether it speaks for the senders that it matches: its qualifier is {@code +} or none. */
    boolean passes();

    /** Matches everybody; nothing behind it counts. */
    record All(boolean passes) implements SpfTerm {}

    /** {@code ip4} and {@code ip6}. */
    record Addresses(boolean passes, Network network) implements SpfTerm {}

    /**
     * Whomever another domain speaks for.
     *
     * @param domain it may have macros
     */
    record Include(boolean passes, String domain) implements SpfTerm {}

    /**
     * {@code a} and {@code mx}: the addresses of a domain, or of its mail servers, and the networks around them.
     *
     * @param domain it may have macros; empty for the domain whose record this is
     * @param v4 the prefix length of the networks around IPv4 addresses
     * @param v6 likewise for IPv6
     */
    record Hosts(boolean passes, boolean mail, String domain, int v4, int v6) implements SpfTerm {}

    /** {@code ptr} and {@code exists}: whom these match can be told of a sender, but not listed. */
    record Unlistable(boolean passes, String text) implements SpfTerm {}
}
