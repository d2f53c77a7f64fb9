package org.decoymx.exemption;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Network;
import org.jboss.logging.Logger;

/** Networks that are exempt of themselves: those whose addresses say nothing of the sender, and this machine's own. */
final class Machine {
    private static final Logger LOG = Logger.getLogger(Machine.class);

    /** RFC 6890 and, for IPv6, RFC 4291, 4193, 6052 and 8215. */
    private static final List<Exemption> SPECIAL = List.of(
            special("0.0.0.0/8", "no address at all"),
            special("10.0.0.0/8", "a private network"),
            special("100.64.0.0/10", "a carrier's shared network"),
            special("127.0.0.0/8", "loopback"),
            special("169.254.0.0/16", "link-local"),
            special("172.16.0.0/12", "a private network"),
            special("192.168.0.0/16", "a private network"),
            special("224.0.0.0/3", "multicast or reserved"),
            special("::/64", "loopback"),
            special("64:ff9b::/64", "all of IPv4 behind NAT64"),
            special("64:ff9b:1::/48", "all of IPv4 behind NAT64"),
            special("fc00::/7", "a private network"),
            special("fe80::/10", "link-local"),
            special("ff00::/8", "multicast"));

    private final Exempt exempt;

    Machine(Exempt exempt) {
        this.exempt = exempt;
    }

    private static Exemption special(String cidr, String name) {
        return Exemption.of(Network.parse(cidr), name);
    }

    /** Exempts them all for the first time. */
    void begin() {
        exempt.put("special", SPECIAL);
        exempt.put("machine", own());
    }

    /** Looks at the machine again, whose addresses may change; says whether others are exempt now. */
    boolean look() {
        List<Exemption> own = own();
        boolean changed = exempt.put("machine", own);
        if (changed) {
            LOG.infof(
                    "this machine's addresses and gateways have changed; exempt are now %s",
                    own.stream().map(e -> e.network().toString()).collect(Collectors.joining(", ")));
        }
        return changed;
    }

    private static List<Exemption> own() {
        return Stream.concat(
                        exemptions(addresses(), "the decoy's own"), exemptions(Gateways.read(), "the default gateway"))
                .toList();
    }

    /** Loopback and link-local addresses have better names already. */
    static Stream<Exemption> exemptions(List<InetAddress> addresses, String name) {
        return addresses.stream()
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .map(address -> Network.of(Origin.of(address)))
                .distinct()
                .map(network -> Exemption.of(network, name));
    }

    private static List<InetAddress> addresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList();
        } catch (SocketException e) {
            LOG.warnf("cannot tell this machine's own addresses: %s", e.getMessage());
            return List.of();
        }
    }
}
