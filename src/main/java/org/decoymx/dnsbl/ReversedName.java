package org.decoymx.dnsbl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.Name;

/**
 * A name below the zone, read as the reversed octets of an IPv4 address or the reversed nibbles of an IPv6 address (RFC
 * 5782 sections 2.1 and 2.4), or as the common end of the names of a network. It may be both: {@code 1.0.0.2} is
 * 2.0.0.1 and 2001::/16. An IPv4-mapped IPv6 address counts as the IPv4 address.
 *
 * @param address the address, if the name is complete
 * @param networks the networks whose addresses have names below this one
 */
record ReversedName(Optional<QueriedAddress> address, List<QueriedPrefix> networks) {
    private static final int OCTETS = 4;
    private static final int NIBBLES = 32;
    private static final int NIBBLE_BITS = 4;
    private static final int NIBBLES_PER_LONG = 16;
    private static final int MAPPED_PREFIX_NIBBLES = 24;
    private static final long MAPPED_PREFIX_LOW = 0xffffL;
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
        Optional<QueriedAddress> address = Optional.empty();
        List<QueriedPrefix> networks = new ArrayList<>(2);
        long octets = count <= OCTETS ? parseOctets(name, count) : NOT_A_NUMBER;
        if (octets != NOT_A_NUMBER && count == OCTETS) {
            address = Optional.of(new QueriedAddress(false, 0, octets));
        } else if (octets != NOT_A_NUMBER) {
            int bits = Byte.SIZE * count;
            networks.add(new QueriedPrefix(false, octets << Integer.SIZE - bits, bits));
        }
        Optional<QueriedAddress> nibbles = parseNibbles(name, count);
        if (nibbles.isPresent() && count == NIBBLES) {
            address = nibbles.map(ReversedName::unmap);
        } else if (nibbles.isPresent()) {
            addNetworks(networks, count, nibbles.get().high(), nibbles.get().low());
        }
        return new ReversedName(address, networks);
    }

    private static QueriedAddress unmap(QueriedAddress v6) {
        return v6.high() == 0 && v6.low() >>> Integer.SIZE == MAPPED_PREFIX_LOW
                ? new QueriedAddress(false, 0, v6.low() & 0xffff_ffffL)
                : v6;
    }

    private static void addNetworks(List<QueriedPrefix> networks, int count, long high, long low) {
        int bits = NIBBLE_BITS * count;
        networks.add(new QueriedPrefix(true, high, Math.min(bits, Long.SIZE)));
        if (count <= MAPPED_PREFIX_NIBBLES) {
            if (high == 0
                    && (count <= NIBBLES_PER_LONG
                            || low == (MAPPED_PREFIX_LOW << Integer.SIZE & -1L << 2 * Long.SIZE - bits))) {
                networks.add(QueriedPrefix.V4);
            }
        } else if (high == 0 && low >>> Integer.SIZE == MAPPED_PREFIX_LOW) {
            networks.add(new QueriedPrefix(false, low & 0xffff_ffffL, bits - NIBBLE_BITS * MAPPED_PREFIX_NIBBLES));
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

    /** The address that begins with these nibbles, padded with zeros; empty if a label is not a nibble. */
    private static Optional<QueriedAddress> parseNibbles(Name name, int count) {
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
        return Optional.of(new QueriedAddress(true, high, low));
    }
}
