package org.decoymx.feed;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** A range of addresses, for comparing sets of networks in different notations. */
record AddressRange(boolean v6, BigInteger first, BigInteger last) {
    private static final Comparator<AddressRange> ORDER = Comparator.comparing(AddressRange::v6)
            .thenComparing(AddressRange::first)
            .thenComparing(AddressRange::last);

    static AddressRange of(BlocklistEntry entry) {
        byte[] octets = entry.network().toInetAddress().getAddress();
        return of(entry.v6(), new BigInteger(1, octets), entry.prefix() + (entry.v6() ? 0 : 96));
    }

    /**
     * @param prefix number of bits of 128, for IPv4 too
     */
    private static AddressRange of(boolean v6, BigInteger first, int prefix) {
        return new AddressRange(
                v6, first, first.add(BigInteger.ONE.shiftLeft(128 - prefix)).subtract(BigInteger.ONE));
    }

    /** Parses an address or a network in CIDR notation. */
    static AddressRange parse(String text) {
        String[] parts = text.split("/", -1);
        boolean v6 = parts[0].contains(":");
        if (!parts[0].matches("[0-9a-f.:]+") || parts.length > 2) {
            throw new AssertionError(text + " is not a valid address or network");
        }
        try {
            BigInteger first = new BigInteger(1, InetAddress.getByName(parts[0]).getAddress());
            int prefix = parts.length == 2 ? Integer.parseInt(parts[1]) : v6 ? 128 : 32;
            return of(v6, first, v6 ? prefix : 96 + prefix);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Merges overlapping and adjacent ranges; the result is in ascending order. */
    static List<AddressRange> union(Collection<AddressRange> ranges) {
        List<AddressRange> union = new ArrayList<>();
        for (AddressRange range : ranges.stream().sorted(ORDER).toList()) {
            AddressRange last = union.isEmpty() ? null : union.get(union.size() - 1);
            if (last != null && last.v6 == range.v6 && range.first.compareTo(last.last.add(BigInteger.ONE)) <= 0) {
                union.set(union.size() - 1, new AddressRange(range.v6, last.first, last.last.max(range.last)));
            } else {
                union.add(range);
            }
        }
        return union;
    }

    boolean overlaps(AddressRange other) {
        return v6 == other.v6 && first.compareTo(other.last) <= 0 && other.first.compareTo(last) <= 0;
    }
}
