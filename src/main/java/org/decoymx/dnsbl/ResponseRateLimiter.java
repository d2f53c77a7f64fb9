package org.decoymx.dnsbl;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Limits the responses a second to each network, so that queries with a forged source address cannot flood a victim.
 * Above the limit, every second response is truncated, so that a real client retries over TCP, and the others are
 * dropped. A network is an IPv4 /24 or an IPv6 /56. Networks that hash to the same of 65,536 counters share one limit.
 */
final class ResponseRateLimiter {
    private static final int COUNTERS = 1 << 16;
    private static final int V4_OCTETS = 4;
    private static final int V4_HOST_BITS = 8;
    private static final int V6_HOST_BITS = 8;
    private static final long HASH_MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    private final int perSecond;
    private final long secret;
    private final int[] currentSeconds;
    private final int[] counts;

    /**
     * @param perSecond 0 for no limit
     * @param secret seed of the hash of networks
     */
    ResponseRateLimiter(int perSecond, long secret) {
        this.perSecond = perSecond;
        this.secret = secret;
        currentSeconds = new int[perSecond == 0 ? 0 : COUNTERS];
        counts = new int[currentSeconds.length];
    }

    /** What to do with a query. */
    enum RateLimitDecision {
        ANSWER,
        TRUNCATE,
        DROP
    }

    /** Counts a query and decides what to do with it. */
    RateLimitDecision decide(InetAddress client, long second) {
        return perSecond == 0 ? RateLimitDecision.ANSWER : count(counterIndex(client), second);
    }

    private synchronized RateLimitDecision count(int index, long second) {
        if (currentSeconds[index] != (int) second) {
            currentSeconds[index] = (int) second;
            counts[index] = 0;
        }
        if (++counts[index] <= perSecond) {
            return RateLimitDecision.ANSWER;
        }
        return (counts[index] - perSecond) % 2 == 1 ? RateLimitDecision.TRUNCATE : RateLimitDecision.DROP;
    }

    private int counterIndex(InetAddress client) {
        ByteBuffer octets = ByteBuffer.wrap(client.getAddress());
        long network = octets.capacity() == V4_OCTETS
                ? octets.getInt() >>> V4_HOST_BITS
                : octets.getLong() & -1L << V6_HOST_BITS;
        return (int) ((network ^ secret) * HASH_MULTIPLIER >>> Long.SIZE - Short.SIZE);
    }
}
