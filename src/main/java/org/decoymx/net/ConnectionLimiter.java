package org.decoymx.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who may still connect: a limit on all connections and one on those of a client, an IPv4 address or an IPv6 /64. */
public final class ConnectionLimiter {
    private static final int IPV6_PREFIX_OCTETS = 8;

    private final int maxConnections;
    private final int maxConnectionsPerClient;
    private final AtomicInteger openConnections = new AtomicInteger();
    private final ConcurrentMap<ByteBuffer, Integer> connectionsPerClient = new ConcurrentHashMap<>();

    /**
     * @param max connections at a time
     * @param maxPerClient those of one client
     */
    public ConnectionLimiter(int max, int maxPerClient) {
        this.maxConnections = max;
        this.maxConnectionsPerClient = maxPerClient;
    }

    /** Counts a connection in; false, and not counted, when there are too many. */
    public boolean tryAcquireConnection() {
        if (openConnections.incrementAndGet() <= maxConnections) {
            return true;
        }
        openConnections.decrementAndGet();
        return false;
    }

    /** Counts a connection out. */
    public void releaseConnection() {
        openConnections.decrementAndGet();
    }

    /** Counts a client's session in; false, and not counted, when it has too many. */
    public boolean tryAcquireClientSlot(InetAddress client) {
        return connectionsPerClient.merge(clientKey(client), 1, Integer::sum) <= maxConnectionsPerClient
                || releaseClientSlot(client);
    }

    /** Counts a client's session out; always false. */
    public boolean releaseClientSlot(InetAddress client) {
        connectionsPerClient.computeIfPresent(clientKey(client), (k, sessions) -> sessions == 1 ? null : sessions - 1);
        return false;
    }

    /** Open connections. */
    public int openConnections() {
        return openConnections.get();
    }

    /** Whether so many connections are open that the patience with each should be short: four fifths of the limit. */
    public boolean isNearLimit() {
        return openConnections.get() > maxConnections * 4L / 5;
    }

    private static ByteBuffer clientKey(InetAddress client) {
        byte[] octets = client.getAddress();
        return ByteBuffer.wrap(octets.length == 4 ? octets : Arrays.copyOf(octets, IPV6_PREFIX_OCTETS));
    }
}
