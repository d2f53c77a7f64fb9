package org.decoymx.net;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counts by network, an IPv4 /16 or an IPv6 /48, so that a bounded table can tell which network fills it. The number of
 * counters is fixed. Networks that hash to the same counter are counted together; which ones do, nobody can tell from
 * outside. Thread-safe.
 */
public final class NetworkCounts {
    private static final int V4_PREFIX = 16;
    private static final int V6_PREFIX = 48;
    private static final long HASH_MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    private final long secret = new SecureRandom().nextLong();
    private final int bits;
    private final AtomicIntegerArray counts;

    /**
     * @param bits there are 2<sup>bits</sup> counters of 4 octets
     */
    public NetworkCounts(int bits) {
        this.bits = bits;
        counts = new AtomicIntegerArray(1 << bits);
    }

    /** The network around an address or a smaller network, as a key: one party may have all of it. */
    public static long networkOf(IpPrefix prefix) {
        return networkOf(prefix.v6(), prefix.bits());
    }

    private static long networkOf(boolean v6, long addressBits) {
        return v6 ? addressBits >>> Long.SIZE - V6_PREFIX : ~(addressBits >>> Integer.SIZE - V4_PREFIX);
    }

    /** The number of the counter for the network around an address or a prefix. */
    public int indexOf(IpPrefix prefix) {
        return indexOf(prefix.v6(), prefix.bits());
    }

    /**
     * The same without an object.
     *
     * @param addressBits as in {@link IpPrefix#bits}
     */
    public int indexOf(boolean v6, long addressBits) {
        return (int) ((networkOf(v6, addressBits) ^ secret) * HASH_MULTIPLIER >>> Long.SIZE - bits);
    }

    /** Number of counters. */
    public int size() {
        return counts.length();
    }

    /** The count at an index. */
    public int get(int index) {
        return counts.get(index);
    }

    /** Adds to the count at an index, and returns the sum. */
    public int add(int index, int delta) {
        return counts.addAndGet(index, delta);
    }

    /** Sets all counts to zero. */
    public void clear() {
        for (int i = 0; i < counts.length(); i++) {
            counts.set(i, 0);
        }
    }
}
