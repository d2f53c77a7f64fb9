package org.decoymx.net;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Limits the connections, in all and for each client (an IPv4 address or an IPv6 /64). */
public final class ConnectionLimiter {
    private static final int NETWORK_COUNTER_BITS = 14;

    /** The share of a network, an IPv4 /16 or an IPv6 /48, is one of so many parts. */
    private static final int SHARES = 20;

    private final int maxConnections;
    private final int maxConnectionsPerClient;
    private final AtomicInteger openConnections = new AtomicInteger();
    private final LongAdder rejectedConnections = new LongAdder();
    private final ConcurrentMap<IpPrefix, Integer> connectionsPerClient = new ConcurrentHashMap<>();
    private final NetworkCounts connectionsPerNetwork = new NetworkCounts(NETWORK_COUNTER_BITS);

    /**
     * @param maxConnections concurrent connections
     * @param maxConnectionsPerClient concurrent connections of one client
     */
    public ConnectionLimiter(int maxConnections, int maxConnectionsPerClient) {
        this.maxConnections = maxConnections;
        this.maxConnectionsPerClient = maxConnectionsPerClient;
    }

    /** Counts a connection; returns false, without counting it, if the limit is reached. */
    public boolean tryAcquireConnection() {
        if (openConnections.incrementAndGet() <= maxConnections) {
            return true;
        }
        openConnections.decrementAndGet();
        return false;
    }

    /** Removes a connection from the count. */
    public void releaseConnection() {
        openConnections.decrementAndGet();
    }

    /**
     * Counts a connection of a client. Returns false, without counting it, if the client's limit is reached, or, near
     * the limit of all, if the client is in an IPv6 /48 that has its share: one customer may have that many clients.
     */
    public boolean tryAcquireClientSlot(IpPrefix client) {
        connectionsPerNetwork.add(connectionsPerNetwork.indexOf(client), 1);
        boolean clientHasRoom =
                connectionsPerClient.merge(client.hostRange(), 1, Integer::sum) <= maxConnectionsPerClient;
        boolean isLimited = client.v6() && maxConnectionsPerClient < maxConnections;
        boolean networkHasRoom = !isLimited || !isNearLimit() || !isCrowded(client);
        return clientHasRoom && networkHasRoom || releaseClientSlot(client);
    }

    /** Removes a connection of a client from the count; always returns false. */
    public boolean releaseClientSlot(IpPrefix client) {
        connectionsPerNetwork.add(connectionsPerNetwork.indexOf(client), -1);
        connectionsPerClient.computeIfPresent(client.hostRange(), (k, count) -> count == 1 ? null : count - 1);
        return false;
    }

    /** Whether the network around a client, an IPv4 /16 or an IPv6 /48, has more than its share of the connections. */
    public boolean isCrowded(IpPrefix client) {
        return connectionsPerNetwork.get(connectionsPerNetwork.indexOf(client)) > Math.max(1, maxConnections / SHARES);
    }

    /** Counts a connection that was rejected, because a limit is reached or for another reason. */
    public void countRejectedConnection() {
        rejectedConnections.increment();
    }

    /** Connections that were rejected. */
    public long rejectedConnections() {
        return rejectedConnections.sum();
    }

    public int openConnections() {
        return openConnections.get();
    }

    /** Whether more than four fifths of the connections are in use, so that timeouts should be short. */
    public boolean isNearLimit() {
        return openConnections.get() > maxConnections * 4L / 5;
    }
}
