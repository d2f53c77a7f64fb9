package org.decoymx.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Stream;

/** The addresses that a port listens on. */
public final class ListenAddresses {
    private static final String IPV4_WILDCARD = "0.0.0.0";
    private static final String IPV6_WILDCARD = "::";

    private ListenAddresses() {}

    /** What is to be bound: {@code ::} takes IPv4 in, so both wildcards are one socket; a machine without IPv6 has but the other. */
    public static List<String> removeRedundantWildcard(List<String> hosts) {
        if (!hosts.contains(IPV6_WILDCARD)) {
            return hosts;
        }
        String drop = localAddresses().anyMatch(Inet6Address.class::isInstance) ? IPV4_WILDCARD : IPV6_WILDCARD;
        return hosts.stream().filter(host -> !host.equals(drop)).toList();
    }

    /** Whether it stands for all addresses of the machine. */
    public static boolean isWildcard(String host) {
        return host.equals(IPV6_WILDCARD) || host.equals(IPV4_WILDCARD);
    }

    /**
     * Checks that nobody listens there for TCP: Vert.x lets two servers of one process share a port, and would hand out its
     * connections to them in turns.
     *
     * @throws IOException when somebody does, or the address is none of this machine
     */
    public static void checkPortIsFree(List<String> hosts, int port) throws IOException {
        for (String host : hosts) {
            new ServerSocket(port, 1, InetAddress.getByName(host)).close();
        }
    }

    /** All addresses of this machine now; none when it does not tell. */
    public static Stream<InetAddress> localAddresses() {
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses);
        } catch (SocketException e) {
            return Stream.empty();
        }
    }
}
