package org.decoymx.net;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** The addresses that a server listens on. */
public final class ListenAddresses {
    private static final String IPV4_WILDCARD = "0.0.0.0";
    private static final String IPV6_WILDCARD = "::";

    private static final int MIN_IPV4_PREFIX = 8;
    private static final int MIN_IPV6_PREFIX = 32;

    private ListenAddresses() {}

    /**
     * Removes one of the two wildcards if {@code ::} is given: {@code ::} includes IPv4, so {@code 0.0.0.0} is
     * redundant; without IPv6, only {@code 0.0.0.0} can be bound.
     */
    public static List<String> removeRedundantWildcard(List<String> hosts) {
        if (!hosts.contains(IPV6_WILDCARD)) {
            return hosts;
        }
        String redundant = localAddresses().anyMatch(Inet6Address.class::isInstance) ? IPV4_WILDCARD : IPV6_WILDCARD;
        return hosts.stream().filter(host -> !host.equals(redundant)).toList();
    }

    /** Whether the host is the wildcard address of IPv4 or IPv6. */
    public static boolean isWildcard(String host) {
        return host.equals(IPV6_WILDCARD) || host.equals(IPV4_WILDCARD);
    }

    /**
     * Checks that no program listens on the TCP port. Vert.x does not detect two servers in one process: they would
     * share the port, and get connections in turn.
     *
     * @throws IOException if the port is in use, or an address is not one of this machine
     */
    public static void checkPortIsFree(List<String> hosts, int port) throws IOException {
        for (String host : hosts) {
            new ServerSocket(port, 1, InetAddress.getByName(host)).close();
        }
    }

    /** The exception for a port that cannot be opened and is always needed. */
    public static ConfigurationException listenFailure(
            String hostKey, String portKey, Collection<String> hosts, int port, Exception cause) {
        return new ConfigurationException(hostKey + ", " + portKey + ": cannot listen on " + String.join(", ", hosts)
                + " port " + port + ": " + cause.getMessage() + "; set an address of this machine and a free port");
    }

    /** The exception for a port that cannot be opened and may be disabled. */
    public static ConfigurationException optionalListenFailure(
            String hostKey, String portKey, Collection<String> hosts, int port, Exception cause) {
        return new ConfigurationException(
                listenFailure(hostKey, portKey, hosts, port, cause).getMessage() + ", or port 0 to disable it");
    }

    /**
     * The current networks of this machine, one for each of its addresses: the address itself if the network is too
     * large to be one of neighbors, as with 6to4; empty if they cannot be read.
     */
    public static Stream<IpPrefix> localNetworks() {
        return interfaces()
                .flatMap(network -> network.getInterfaceAddresses().stream())
                .map(own -> networkOf(IpPrefix.of(own.getAddress()), own.getNetworkPrefixLength()));
    }

    static IpPrefix networkOf(IpPrefix address, int prefixLength) {
        return prefixLength < (address.v6() ? MIN_IPV6_PREFIX : MIN_IPV4_PREFIX)
                ? address
                : address.around(prefixLength);
    }

    /** The current addresses of this machine; empty if they cannot be read. */
    public static Stream<InetAddress> localAddresses() {
        return interfaces().flatMap(NetworkInterface::inetAddresses);
    }

    private static Stream<NetworkInterface> interfaces() {
        try {
            return NetworkInterface.networkInterfaces();
        } catch (SocketException e) {
            return Stream.empty();
        }
    }
}
