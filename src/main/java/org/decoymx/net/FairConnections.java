package org.decoymx.net;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The open connections of a port, with a limit for each client (an IPv4 address or an IPv6 /48) and one for all. When
 * all are in use, a new connection takes the place of one of the client that has the most, so that no client can keep
 * the others out. Thread-safe.
 *
 * @param <C> a connection
 */
public final class FairConnections<C> {
    /** Other clients get in even if nothing can be closed. */
    private static final double SHARE_OF_CLIENT = 5.0 / 6;

    private static final int IPV6_SITE_BITS = 48;

    private final int maxConnections;
    private final int maxPerClient;
    private final Predicate<C> isIdle;

    /** The connections of each client, the oldest first. */
    private final Map<IpPrefix, Set<C>> byClient = new HashMap<>();

    private int openConnections;
    private long rejectedConnections;

    /**
     * @param isIdle whether a connection has no request that waits for a response; such a one is closed first
     */
    FairConnections(int maxConnections, Predicate<C> isIdle) {
        this(maxConnections, (int) Math.ceil(maxConnections * SHARE_OF_CLIENT), isIdle);
    }

    private FairConnections(int maxConnections, int maxPerClient, Predicate<C> isIdle) {
        this.maxConnections = maxConnections;
        this.maxPerClient = maxPerClient;
        this.isIdle = isIdle;
    }

    /** Connections that are never idle, and can always be closed. */
    public static <C> FairConnections<C> ofBusy(int maxConnections, int maxPerClient) {
        return new FairConnections<>(maxConnections, maxPerClient, connection -> false);
    }

    /** An IPv4 address, or an IPv6 /48, which one customer of a provider may have for itself. */
    private static IpPrefix keyOf(IpPrefix address) {
        return address.v6() ? address.masked(IPV6_SITE_BITS) : address;
    }

    /** What happens to a new connection: it is admitted or not, and another one may have to be closed for it. */
    public record Admission<C>(boolean isAdmitted, Optional<C> toClose) {}

    /** Counts a connection, unless a limit is reached and no other one can be closed for it. */
    public synchronized Admission<C> admit(IpPrefix address, C connection) {
        IpPrefix client = keyOf(address);
        Optional<C> toClose = Optional.empty();
        int ownConnections = byClient.getOrDefault(client, Set.of()).size();
        if (ownConnections < maxPerClient && openConnections >= maxConnections) {
            toClose = takeFromFullest(ownConnections);
        }
        if (ownConnections >= maxPerClient || openConnections >= maxConnections) {
            rejectedConnections++;
            return new Admission<>(false, toClose);
        }
        byClient.computeIfAbsent(client, key -> new LinkedHashSet<>()).add(connection);
        openConnections++;
        return new Admission<>(true, toClose);
    }

    /** Counts a connection for the client that it turns out to be for; the other one may be a proxy. */
    synchronized Admission<C> move(IpPrefix from, IpPrefix to, C connection) {
        release(from, connection);
        return admit(to, connection);
    }

    /** Removes a connection of the client that has the most: an idle one, or else its oldest. */
    private Optional<C> takeFromFullest(int ownConnections) {
        Map.Entry<IpPrefix, Set<C>> fullest = byClient.entrySet().stream()
                .max(Comparator.comparingInt(client -> client.getValue().size()))
                .orElseThrow();
        if (fullest.getValue().size() <= ownConnections + 1) {
            return ownConnections == 0 ? takeIdle() : Optional.empty();
        }
        Set<C> connections = fullest.getValue();
        C taken = connections.stream().filter(isIdle).findFirst().orElseGet(() -> connections
                .iterator()
                .next());
        remove(fullest.getKey(), taken);
        return Optional.of(taken);
    }

    /** Removes an idle connection, for a client that has none: many clients with one each keep nobody out. */
    private Optional<C> takeIdle() {
        for (Map.Entry<IpPrefix, Set<C>> client : byClient.entrySet()) {
            Optional<C> idle = client.getValue().stream().filter(isIdle).findFirst();
            if (idle.isPresent()) {
                remove(client.getKey(), idle.get());
                return idle;
            }
        }
        return Optional.empty();
    }

    /** Removes a connection that was admitted; does nothing if another one took its place. */
    public synchronized void release(IpPrefix address, C connection) {
        remove(keyOf(address), connection);
    }

    private void remove(IpPrefix client, C connection) {
        Set<C> connections = byClient.get(client);
        if (connections != null && connections.remove(connection)) {
            openConnections--;
            if (connections.isEmpty()) {
                byClient.remove(client);
            }
        }
    }

    int maxConnections() {
        return maxConnections;
    }

    synchronized int openConnections() {
        return openConnections;
    }

    synchronized long rejectedConnections() {
        return rejectedConnections;
    }
}
