package org.decoymx.primary;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds the addresses of a host. */
@FunctionalInterface
public interface HostAddresses {

    /**
     * Finds all addresses of a host; it may block.
     *
     * @param name a host name or an address
     * @return at least one address
     * @throws UnknownHostException when the name cannot be resolved
     */
    List<InetAddress> resolve(String name) throws UnknownHostException;

    /** Sorts addresses so that a limit does not leave out a whole family (RFC 8305 section 4). */
    static List<InetAddress> alternateFamilies(List<InetAddress> addresses) {
        Map<Boolean, List<InetAddress>> families =
                addresses.stream().collect(Collectors.partitioningBy(Inet6Address.class::isInstance));
        return addresses.stream()
                .sorted(Comparator.comparingInt(
                        address -> families.getOrDefault(address instanceof Inet6Address, addresses)
                                .indexOf(address)))
                .toList();
    }
}
