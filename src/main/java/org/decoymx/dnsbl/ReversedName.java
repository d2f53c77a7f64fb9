package org.decoymx.dnsbl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.xbill.DNS.Name;

/**
 * A name below the zone, read as the reversed octets of an IPv4 address or the reversed nibbles of an IPv6 address (RFC
 * 5782 sections 2.1 and 2.4), or as the common end of the names of a network. It may be both: {@code 1.0.0.2} is
 * 2.0.0.1 and 2001::/16. An IPv4-mapped IPv6 address counts as the IPv4 address.
 *
 * @param address the address, if the name is complete
 * @param networks the networks whose addresses have names below this one
 */
record ReversedName(Optional<IpPrefix> address, List<IpPrefix> networks) {
    private static final int OCTETS = 4;
    private static final int NIBBLES = 32;
    private static final int NIBBLE_BITS = 4;
    private static final int NIBBLES_PER_LONG = 16;
    private static final int MAX_OCTET = 255;
    private static final int MAX_DIGITS = 3;
    private static final int DECIMAL = 10;
    private static final int HEX = 16;
    private static final int NOT_A_NUMBER = -1;

    private static final ReversedName NO_MATCH = new ReversedName(Optional.empty(), List.of());

    /**
     * Parses the labels below the zone.
     *
     * @param count the number of labels, at least 1
     */
    static ReversedName parse(Name name, int count) {
        if (count > NIBBLES) {
            return NO_MATCH;
        }
        Optional<IpPrefix> address = Optional.empty();
        List<IpPrefix> networks = new ArrayList<>(2);
        long octets = count <= OCTETS ? parseOctets(name, count) : NOT_A_NUMBER;
        if (octets != NOT_A_NUMBER && count == OCTETS) {
            address = Optional.of(IpPrefix.ofBits(false, octets));
        } else if (octets != NOT_A_NUMBER) {
            int bits = Byte.SIZE * count;
            networks.add(IpPrefix.ofBits(false, octets << Integer.SIZE - bits).around(bits));
        }
        Optional<IpPrefix> nibbles = parseNibbles(name, count);
        if (nibbles.isPresent() && count == NIBBLES) {
            address = nibbles;
        } else if (nibbles.isPresent()) {
            addNetworks(networks, nibbles.get());
        }
        return new ReversedName(address, networks);
    }

    /** Adds the IPv6 network, and the IPv4 network that it is or contains as mapped addresses. */
    private static void addNetworks(List<IpPrefix> networks, IpPrefix prefix) {
        networks.add(prefix);
        if (prefix.v6() && prefix.equals(IpPrefix.ALL_V4.masked(prefix.maskLength()))) {
            networks.add(IpPrefix.ALL_V4);
        }
    }

    /** The labels as one number, the last label first; {@link #NOT_A_NUMBER} if a label is not an octet. */
    private static long parseOctets(Name name, int count) {
        long number = 0;
        for (int i = count - 1; i >= 0; i--) {
            int octet = parseOctet(name.getLabel(i));
            if (octet == NOT_A_NUMBER) {
                return NOT_A_NUMBER;
            }
            number = number << Byte.SIZE | octet;
        }
        return number;
    }

    /**
     * @param label a length octet, then the octets of the label
     */
    private static int parseOctet(byte[] label) {
        int octet = 0;
        for (int i = 1; i < label.length; i++) {
            int digit = label[i] - '0';
            if (digit < 0 || digit >= DECIMAL) {
                return NOT_A_NUMBER;
            }
            octet = DECIMAL * octet + digit;
        }
        boolean leadingZero = label.length > 2 && label[1] == '0';
        return label.length - 1 > MAX_DIGITS || leadingZero || octet > MAX_OCTET ? NOT_A_NUMBER : octet;
    }

    /** The network that begins with these nibbles; empty if a label is not a nibble. */
    private static Optional<IpPrefix> parseNibbles(Name name, int count) {
        long high = 0;
        long low = 0;
        for (int position = 0; position < count; position++) {
            byte[] label = name.getLabel(count - 1 - position);
            long nibble = label.length == 2 && label[1] >= 0 ? Character.digit(label[1], HEX) : NOT_A_NUMBER;
            if (nibble < 0) {
                return Optional.empty();
            }
            if (position < NIBBLES_PER_LONG) {
                high |= nibble << NIBBLE_BITS * (NIBBLES_PER_LONG - 1 - position);
            } else {
                low |= nibble << NIBBLE_BITS * (NIBBLES - 1 - position);
            }
        }
        return Optional.of(new IpPrefix(high, low, NIBBLE_BITS * count));
    }
}
