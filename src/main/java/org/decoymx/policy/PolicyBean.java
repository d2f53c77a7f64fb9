package org.decoymx.policy;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.ledger.Origin;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Makes the policy of the configuration and of this machine's own addresses. */
final class PolicyBean {
    private static final Logger LOG = Logger.getLogger(Policy.class);

    private static final Duration MIN_TTL = Duration.ofSeconds(1);
    private static final Duration MAX_TTL = Duration.ofDays(3_650);

    private PolicyBean() {}

    @Produces
    @Singleton
    static Policy policy(PolicyConfig config) {
        if (config.policy().ttl().compareTo(MIN_TTL) < 0
                || config.policy().ttl().compareTo(MAX_TTL) > 0) {
            throw new ConfigurationException("decoy.policy.ttl: '"
                    + ConfigProvider.getConfig()
                            .getConfigValue("decoy.policy.ttl")
                            .getValue()
                    + "' is not allowed; 1s to 3650d is");
        }
        boolean trial = config.domains().isEmpty();
        if (trial) {
            LOG.warn("TRIAL: decoy.domains is not set, so every recipient counts and private addresses are listed");
        }
        return new Policy(
                trial,
                config.policy().ttl(),
                Stream.concat(own().stream(), Network.SPECIAL.stream()).toList());
    }

    private static List<Network> own() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(address -> Network.of(Origin.of(address), "the decoy's own"))
                    .toList();
        } catch (SocketException e) {
            LOG.warnf("cannot tell this machine's own addresses: %s", e.getMessage());
            return List.of();
        }
    }
}
