package org.decoymx.dnsbl;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.PrefixMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Which clients may query: those in the configured networks, or else in loopback, private and the machine's own
 * networks. An open resolver would reflect queries with a forged source address. Thread-safe.
 */
final class DnsblClients {
    private static final Logger LOG = Logger.getLogger(DnsblClients.class);

    /** RFC 1122, 1918, 3927, 4193 and 4291. */
    private static final List<String> PRIVATE_NETWORKS = List.of(
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "::1/128",
            "fc00::/7",
            "fe80::/10");

    /** A network with a shorter prefix is not one of known clients, but a part of the internet. */
    private static final int MIN_PREFIX_LENGTH = 8;

    /** Checks from one log line about refused clients to the next. */
    private static final int CHECKS_PER_LINE = 6;

    private final PrefixMap<IpPrefix> configured;
    private final boolean limitsAll;
    private final Supplier<Stream<IpPrefix>> ownNetworks;
    private final LongAdder refused = new LongAdder();
    private volatile PrefixMap<IpPrefix> local;
    private volatile @Nullable InetAddress lastRefused;
    private int checksUntilLine;

    /**
     * @param configured networks that may query; if empty, the local ones may
     * @param limitsAll whether the rate limit is for all clients; otherwise it is only for those that are allowed as a
     *     part of the internet
     * @param ownNetworks reads the networks of this machine
     */
    DnsblClients(PrefixMap<IpPrefix> configured, boolean limitsAll, Supplier<Stream<IpPrefix>> ownNetworks) {
        this.configured = configured;
        this.limitsAll = limitsAll;
        this.ownNetworks = ownNetworks;
        local = readLocal();
    }

    /** What a client may do. */
    enum ClientAccess {
        ALLOWED,
        /** It gets answers up to the rate limit. */
        LIMITED,
        REFUSED
    }

    private PrefixMap<IpPrefix> readLocal() {
        List<IpPrefix> networks = Stream.concat(PRIVATE_NETWORKS.stream().map(IpText::parseNetwork), ownNetworks.get())
                .toList();
        return PrefixMap.of(networks, Function.identity(), (one, other) -> one);
    }

    /** Decides about a client, and remembers it if it is refused. */
    ClientAccess check(InetAddress client) {
        IpPrefix address = IpPrefix.of(client);
        boolean isLocal = local.findLongestMatch(address) != null;
        IpPrefix network = configured.findLongestMatch(address);
        if (configured.isEmpty() ? !isLocal : network == null) {
            refused.increment();
            lastRefused = client;
            return ClientAccess.REFUSED;
        }
        boolean isKnown = isLocal || network != null && network.prefixLength() >= MIN_PREFIX_LENGTH;
        return limitsAll || !isKnown ? ClientAccess.LIMITED : ClientAccess.ALLOWED;
    }

    /** Reads the own networks again, and logs refused clients now and then: one line for all since the last one. */
    synchronized void refresh() {
        local = readLocal();
        InetAddress client = lastRefused;
        if (checksUntilLine > 0) {
            checksUntilLine--;
        } else if (client != null) {
            checksUntilLine = CHECKS_PER_LINE - 1;
            lastRefused = null;
            LOG.warnf(
                    "DNS queries refused: %d, the last one of %s; only %s may query",
                    refused.sumThenReset(),
                    IpText.print(client),
                    configured.isEmpty()
                            ? "loopback, private and own networks, unless decoy.dnsbl.allowed-networks names others,"
                            : "the networks in decoy.dnsbl.allowed-networks");
        }
    }
}
