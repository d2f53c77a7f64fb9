package org.decoymx.primary;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a primary MX. */
@FunctionalInterface
interface HostAddresses {

    /**
     * Finds all addresses of a host; it may block.
     *
     * @param name a host name or an address
     * @return at least one address
     * @throws UnknownHostException when the name cannot be resolved
     */
    List<InetAddress> resolve(String name) throws UnknownHostException;
}
