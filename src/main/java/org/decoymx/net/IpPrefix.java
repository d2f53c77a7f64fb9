package org.decoymx.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * An IP network, or an address as the network of one address. IPv4 is kept as IPv4-mapped IPv6 (RFC 4291 section
 * 2.5.5.2), so both families have the same bits, and a mapped address is the IPv4 address.
 *
 * @param high the first 64 bits; those beyond the prefix are cleared
 * @param low the other 64 bits, likewise
 * @param maskLength the number of bits of the prefix out of 128; see {@link #prefixLength} for the usual one
 */
public record IpPrefix(long high, long low, int maskLength) implements Comparable<IpPrefix> {
    /** 0.0.0.0/0. */
    public static final IpPrefix ALL_V4 = new IpPrefix(0, 0xffff_0000_0000L, 96);

    private static final int ADDRESS_BITS = 128;
    private static final int V6_OCTETS = 16;
    private static final int V4_OCTETS = 4;
    private static final int MAPPED_BITS = 96;
    private static final int HOST_BITS_V6 = 64;
    private static final int NEIGHBORHOOD_V4 = 24;
    private static final long V4_MASK = 0xffff_ffffL;

    private static final Comparator<IpPrefix> ORDER = Comparator.comparing(IpPrefix::v6)
            .thenComparing(IpPrefix::high, Long::compareUnsigned)
            .thenComparing(IpPrefix::low, Long::compareUnsigned)
            .thenComparingInt(IpPrefix::maskLength);

    /** Clears the bits beyond the prefix. */
    public IpPrefix {
        if (maskLength < 0 || maskLength > ADDRESS_BITS) {
            throw new IllegalArgumentException("mask length " + maskLength + " is out of range (0 to 128)");
        }
        high &= mask(maskLength);
        low &= mask(maskLength - Long.SIZE);
    }

    private static long mask(int length) {
        return length <= 0 ? 0 : -1L << Math.max(0, Long.SIZE - length);
    }

    /** The network of one address. */
    public static IpPrefix of(InetAddress address) {
        ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
        return octets.capacity() == V4_OCTETS
                ? ofBits(false, Integer.toUnsignedLong(octets.getInt()))
                : new IpPrefix(octets.getLong(), octets.getLong(), ADDRESS_BITS);
    }

    /** The {@link #hostNetwork} of an address: the key of a sender. */
    public static IpPrefix hostNetworkOf(InetAddress address) {
        return of(address).hostNetwork();
    }

    /**
     * The inverse of {@link #bits}.
     *
     * @param bits an IPv4 address in the low 32 bits, or the first 64 bits of an IPv6 /64
     */
    public static IpPrefix ofBits(boolean v6, long bits) {
        return v6 ? new IpPrefix(bits, 0, HOST_BITS_V6) : new IpPrefix(0, ALL_V4.low | bits & V4_MASK, ADDRESS_BITS);
    }

    /** Whether this is an IPv6 network. */
    public boolean v6() {
        return maskLength < MAPPED_BITS || high != 0 || low >>> Integer.SIZE != ALL_V4.low >>> Integer.SIZE;
    }

    /** The first IPv4 address in the low 32 bits, or the first 64 bits of IPv6. */
    public long bits() {
        return v6() ? high : low & V4_MASK;
    }

    /** 0 to 32 for IPv4, 0 to 128 for IPv6. */
    public int prefixLength() {
        return v6() ? maskLength : maskLength - MAPPED_BITS;
    }

    /** The network around this one with a prefix of this length; this one if its prefix is not longer. */
    public IpPrefix around(int prefixLength) {
        return masked(v6() ? prefixLength : prefixLength + MAPPED_BITS);
    }

    /** Like {@link #around}, with the length out of 128 bits. */
    public IpPrefix masked(int length) {
        return length >= maskLength ? this : new IpPrefix(high, low, length);
    }

    /**
     * This network as senders have it: each address is a sender. Only the IPv6 address whose last 64 bits are zero, the
     * anycast address of the routers (RFC 4291 section 2.6.1), stands for its /64, so that 128 bits tell the two apart.
     */
    public IpPrefix hostNetwork() {
        return v6() && low == 0 ? masked(HOST_BITS_V6) : this;
    }

    /** This address, or the /64 of an IPv6 address: its host may choose others in it, as with RFC 8981. */
    public IpPrefix hostRange() {
        return v6() ? masked(HOST_BITS_V6) : this;
    }

    /** The network that the hosts around this one may share: the IPv4 /24 or the IPv6 /64. */
    public IpPrefix neighborhood() {
        return around(v6() ? HOST_BITS_V6 : NEIGHBORHOOD_V4);
    }

    /** Whether this is a single address. */
    public boolean isAddress() {
        return maskLength == ADDRESS_BITS;
    }

    /** The last address. */
    public IpPrefix lastAddress() {
        return new IpPrefix(high | ~mask(maskLength), low | ~mask(maskLength - Long.SIZE), ADDRESS_BITS);
    }

    /** The network of the same size after this one. */
    public IpPrefix next() {
        if (maskLength <= Long.SIZE) {
            return new IpPrefix(maskLength == 0 ? 0 : high + (1L << Long.SIZE - maskLength), 0, maskLength);
        }
        long following = low + (1L << ADDRESS_BITS - maskLength);
        return new IpPrefix(following == 0 ? high + 1 : high, following, maskLength);
    }

    /** Whether this network contains all of another one. */
    public boolean contains(IpPrefix other) {
        return maskLength <= other.maskLength
                && v6() == other.v6()
                && ((high ^ other.high) & mask(maskLength)) == 0
                && ((low ^ other.low) & mask(maskLength - Long.SIZE)) == 0;
    }

    /** The first address. */
    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(V6_OCTETS).putLong(high).putLong(low).array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 octets are an address", e);
        }
    }

    /** IPv4 before IPv6, then by address; a network before the smaller ones that begin with the same address. */
    @Override
    public int compareTo(IpPrefix other) {
        return ORDER.compare(this, other);
    }

    /** With the prefix length in any case: {@code 192.0.2.1/32} or {@code 2001:db8::/32}. */
    public String cidr() {
        return IpText.print(this) + "/" + prefixLength();
    }

    /** An address, or a network with its prefix length: {@code 192.0.2.1} or {@code 2001:db8::/64}. */
    @Override
    public String toString() {
        return isAddress() ? IpText.print(this) : cidr();
    }
}
