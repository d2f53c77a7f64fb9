package org.decoymx.exemption;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Network;
import org.decoymx.policy.Policy;
import org.jboss.logging.Logger;

/** Networks that are exempt of themselves: those whose addresses say nothing of the sender, and this machine's own. */
@Singleton
final class Machine {
    private static final Logger LOG = Logger.getLogger(Machine.class);
    private static final int BEFORE_THE_LEDGER = 500;

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

    private final ExemptConfig config;
    private final Policy policy;
    private final Exempt exempt;

    Machine(ExemptConfig config, Policy policy, Exempt exempt) {
        this.config = config;
        this.policy = policy;
        this.exempt = exempt;
    }

    private static Exemption special(String cidr, String name) {
        return Exemption.of(Network.parse(cidr), name);
    }

    void start(@Observes @Priority(BEFORE_THE_LEDGER) StartupEvent event) {
        exempt.put(
                "decoy.exempt.networks",
                config.networks().orElse(List.of()).stream()
                        .map(cidr -> Exemption.of(Network.parse(cidr), "named in decoy.exempt.networks"))
                        .toList());
        if (!policy.rules().isTrial()) {
            exempt.put(
                    "of themselves",
                    Stream.concat(own().stream(), SPECIAL.stream()).toList());
        }
    }

    private static List<Exemption> own() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(address -> Exemption.of(Network.of(Origin.of(address)), "the decoy's own"))
                    .toList();
        } catch (SocketException e) {
            LOG.warnf("cannot tell this machine's own addresses: %s", e.getMessage());
            return List.of();
        }
    }
}
