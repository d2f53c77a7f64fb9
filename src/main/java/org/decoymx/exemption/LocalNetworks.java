package org.decoymx.exemption;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.jboss.logging.Logger;

/** Networks that are always exempt: special-purpose networks, the addresses of this host and its default gateways. */
final class LocalNetworks {
    private static final Logger LOG = Logger.getLogger(LocalNetworks.class);

    /** Special-purpose networks of RFC 6890 and, for IPv6, RFC 4291, 4193, 6052 and 8215. */
    private static final List<Exemption> SPECIAL_PURPOSE = List.of(
            specialPurpose("0.0.0.0/8", "an unspecified address"),
            specialPurpose("10.0.0.0/8", "a private network"),
            specialPurpose("100.64.0.0/10", "a shared network of a carrier (CGN)"),
            specialPurpose("127.0.0.0/8", "loopback"),
            specialPurpose("169.254.0.0/16", "link-local"),
            specialPurpose("172.16.0.0/12", "a private network"),
            specialPurpose("192.168.0.0/16", "a private network"),
            specialPurpose("224.0.0.0/3", "multicast or reserved"),
            specialPurpose("::/64", "loopback"),
            specialPurpose("64:ff9b::/64", "a NAT64 prefix for all of IPv4"),
            specialPurpose("64:ff9b:1::/48", "a NAT64 prefix for all of IPv4"),
            specialPurpose("fc00::/7", "a private network"),
            specialPurpose("fe80::/10", "link-local"),
            specialPurpose("ff00::/8", "multicast"));

    private final ExemptNetworks exempt;

    LocalNetworks(ExemptNetworks exempt) {
        this.exempt = exempt;
    }

    private static Exemption specialPurpose(String cidr, String name) {
        return Exemption.of(IpText.parseNetwork(cidr), name);
    }

    /** Publishes all of them for the first time. */
    void publishAll() {
        exempt.replaceSource("special", SPECIAL_PURPOSE);
        exempt.replaceSource("machine", localExemptions());
    }

    /** Reads the addresses of this host again; returns whether the exemptions have changed. */
    boolean refresh() {
        List<Exemption> own = localExemptions();
        boolean changed = exempt.replaceSource("machine", own);
        if (changed) {
            LOG.infof(
                    "Local addresses or default gateways have changed; now exempt: %s",
                    own.stream().map(e -> e.network().cidr()).collect(Collectors.joining(", ")));
        }
        return changed;
    }

    private static List<Exemption> localExemptions() {
        return Stream.concat(
                        toExemptions(interfaceAddresses(), "the decoy's own address"),
                        toExemptions(DefaultGateways.findAll(), "the default gateway"))
                .toList();
    }

    /** Skips loopback and link-local addresses, which are special-purpose networks. */
    static Stream<Exemption> toExemptions(List<InetAddress> addresses, String name) {
        return addresses.stream()
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .map(address -> IpPrefix.of(address).hostRange())
                .distinct()
                .map(network -> Exemption.of(network, name));
    }

    private static List<InetAddress> interfaceAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList();
        } catch (SocketException e) {
            LOG.warnf("Cannot list the addresses of this host: %s", e.getMessage());
            return List.of();
        }
    }
}
