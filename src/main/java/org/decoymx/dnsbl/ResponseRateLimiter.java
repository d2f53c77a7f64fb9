package org.decoymx.dnsbl;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Limits the answers a second to each network, so that nobody who lies about his address can have the decoy flood another:
 * of those beyond every second is cut, so that a real asker comes again over TCP, and the others are dropped. A network is
 * an IPv4 /24 or an IPv6 /56; of those that fall on the same of 65,536 counters all have one limit together.
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
     * @param secret by which networks are spread over the counters
     */
    ResponseRateLimiter(int perSecond, long secret) {
        this.perSecond = perSecond;
        this.secret = secret;
        currentSeconds = new int[perSecond == 0 ? 0 : COUNTERS];
        counts = new int[currentSeconds.length];
    }

    /** What comes of a question. */
    enum RateLimitDecision {
        ANSWER,
        TRUNCATE,
        DROP
    }

    /** Counts a question, and says what comes of it. */
    RateLimitDecision decide(InetAddress client, long second) {
        return perSecond == 0 ? RateLimitDecision.ANSWER : count(counterIndex(client), second);
    }

    private synchronized RateLimitDecision count(int at, long second) {
        if (currentSeconds[at] != (int) second) {
            currentSeconds[at] = (int) second;
            counts[at] = 0;
        }
        if (++counts[at] <= perSecond) {
            return RateLimitDecision.ANSWER;
        }
        return (counts[at] - perSecond) % 2 == 1 ? RateLimitDecision.TRUNCATE : RateLimitDecision.DROP;
    }

    private int counterIndex(InetAddress client) {
        ByteBuffer octets = ByteBuffer.wrap(client.getAddress());
        long network = octets.capacity() == V4_OCTETS
                ? octets.getInt() >>> V4_HOST_BITS
                : octets.getLong() & -1L << V6_HOST_BITS;
        return (int) ((network ^ secret) * HASH_MULTIPLIER >>> Long.SIZE - Short.SIZE);
    }
}
