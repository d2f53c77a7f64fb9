package org.decoymx.exemption;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
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

    private static final String AS112 = "the network of AS112, which answers DNS queries for private addresses";

    /**
     * IANA's special-purpose registries (iana.org/assignments/iana-ipv4-special-registry, last updated in 2025, and
     * iana-ipv6-special-registry), with multicast (RFC 5771, RFC 4291 section 2.7) and site-local addresses (RFC 3879).
     * A row that is within another one is left out, and an IPv6 row is at least a /64, which is a sender too.
     * IPv4-mapped addresses (::ffff:0:0/96) are IPv4 addresses here. The networks for documentation (192.0.2.0/24,
     * 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32, 3fff::/20) are not exempt: nobody sends mail from them over the
     * internet, so listing them harms nobody, and examples and tests need addresses that are like those of strangers.
     */
    private static final List<Exemption> SPECIAL_PURPOSE = List.of(
            specialPurpose("0.0.0.0/8", "an unspecified address"),
            specialPurpose("10.0.0.0/8", "a private network"),
            specialPurpose("100.64.0.0/10", "a shared network of a carrier (CGN)"),
            specialPurpose("127.0.0.0/8", "loopback"),
            specialPurpose("169.254.0.0/16", "link-local"),
            specialPurpose("172.16.0.0/12", "a private network"),
            specialPurpose("192.0.0.0/24", "a network for IETF protocols"),
            specialPurpose("192.31.196.0/24", AS112),
            specialPurpose("192.52.193.0/24", "the anycast network of multicast relays (AMT)"),
            specialPurpose("192.88.99.0/24", "the anycast network of 6to4 relays"),
            specialPurpose("192.168.0.0/16", "a private network"),
            specialPurpose("192.175.48.0/24", AS112),
            specialPurpose("198.18.0.0/15", "a network for benchmarks"),
            specialPurpose("224.0.0.0/3", "multicast or reserved"),
            specialPurpose("::/64", "loopback"),
            specialPurpose("64:ff9b::/64", "a NAT64 prefix for all of IPv4"),
            specialPurpose("64:ff9b:1::/48", "a NAT64 prefix for all of IPv4"),
            specialPurpose("100::/64", "a network whose packets are discarded"),
            specialPurpose("100:0:0:1::/64", "a network of dummy addresses"),
            specialPurpose("2001::/23", "a network for IETF protocols, such as Teredo"),
            specialPurpose("2002::/16", "6to4"),
            specialPurpose("2620:4f:8000::/48", AS112),
            specialPurpose("5f00::/16", "a network of segment routing (SRv6)"),
            specialPurpose("fc00::/7", "a private network"),
            specialPurpose("fe80::/10", "link-local"),
            specialPurpose("fec0::/10", "a private network (site-local)"),
            specialPurpose("ff00::/8", "multicast"));

    private final ExemptNetworks exempt;
    private List<Exemption> own = List.of();

    LocalNetworks(ExemptNetworks exempt) {
        this.exempt = exempt;
    }

    private static Exemption specialPurpose(String cidr, String name) {
        return Exemption.of(IpText.parseNetwork(cidr), name);
    }

    /** Publishes all of them for the first time. */
    void publishAll() {
        exempt.replaceSource("special", SPECIAL_PURPOSE);
        publishOwn();
    }

    /** Reads the addresses of this host again. */
    void refresh() {
        if (publishOwn()) {
            LOG.infof(
                    "Local addresses or default gateways have changed; now exempt: %s",
                    own.stream().map(e -> e.network().cidr()).collect(Collectors.joining(", ")));
        }
    }

    /** If they cannot be read now, the last ones stay exempt. Returns whether they have changed. */
    private boolean publishOwn() {
        try {
            own = localExemptions();
        } catch (IOException e) {
            LOG.warnf("Cannot list the addresses and gateways of this host: %s", e.getMessage());
        }
        return exempt.replaceSource("machine", own);
    }

    private static List<Exemption> localExemptions() throws IOException {
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

    private static List<InetAddress> interfaceAddresses() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .toList();
    }
}
