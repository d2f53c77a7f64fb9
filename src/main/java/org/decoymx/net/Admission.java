package org.decoymx.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who may still connect: a limit on all connections and one on those of a client, an IPv4 address or an IPv6 /64. */
public final class Admission {
    private static final int V6_NETWORK_OCTETS = 8;

    private final int max;
    private final int maxPerClient;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<ByteBuffer, Integer> perClient = new ConcurrentHashMap<>();

    /**
     * @param max connections at a time
     * @param maxPerClient those of one client
     */
    public Admission(int max, int maxPerClient) {
        this.max = max;
        this.maxPerClient = maxPerClient;
    }

    /** Counts a connection in; false, and not counted, when there are too many. */
    public boolean connect() {
        if (open.incrementAndGet() <= max) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    /** Counts a connection out. */
    public void disconnect() {
        open.decrementAndGet();
    }

    /** Counts a client's session in; false, and not counted, when it has too many. */
    public boolean enter(InetAddress client) {
        return perClient.merge(key(client), 1, Integer::sum) <= maxPerClient || leave(client);
    }

    /** Counts a client's session out; always false. */
    public boolean leave(InetAddress client) {
        perClient.computeIfPresent(key(client), (k, sessions) -> sessions == 1 ? null : sessions - 1);
        return false;
    }

    /** Open connections. */
    public int open() {
        return open.get();
    }

    /** Whether so many connections are open that the patience with each should be short: four fifths of the limit. */
    public boolean isCrowded() {
        return open.get() > max * 4L / 5;
    }

    private static ByteBuffer key(InetAddress client) {
        byte[] octets = client.getAddress();
        return ByteBuffer.wrap(octets.length == 4 ? octets : Arrays.copyOf(octets, V6_NETWORK_OCTETS));
    }
}
