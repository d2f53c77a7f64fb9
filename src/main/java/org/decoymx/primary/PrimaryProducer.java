package org.decoymx.primary;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.config.ConfigProvider;

/** Makes what is known of the primary MX. */
final class PrimaryProducer {
    private static final int MAX_HOSTS = 16;

    private PrimaryProducer() {}

    @Produces
    @Singleton
    static PrimaryVisits primaryVisits(PrimaryConfig config) {
        checkRange(
                "witness-window", config.witnessWindow(), Duration.ofMinutes(1), Duration.ofDays(30), "1m to 30d is");
        return new PrimaryVisits(config.witnessWindow());
    }

    @Produces
    @Singleton
    static PrimaryMonitor primaryMonitor(PrimaryConfig config, Clock clock) {
        checkRange("outage-grace", config.outageGrace(), Duration.ZERO, Duration.ofDays(1), "0s to 1d is");
        checkRange(
                "probe-interval",
                config.probeInterval(),
                Duration.ofSeconds(1),
                Duration.ofMinutes(10),
                "1s to 10m is");
        return new PrimaryMonitor(hosts(config.hosts().orElse(List.of())), config.outageGrace(), clock.instant());
    }

    private static Set<PrimaryHost> hosts(List<String> named) {
        Set<PrimaryHost> hosts = new LinkedHashSet<>();
        for (String name : named) {
            hosts.add(PrimaryHost.parse(name)
                    .orElseThrow(() -> new ConfigurationException("decoy.primary.hosts: '" + name
                            + "' is not allowed; mx1.example.org, 192.0.2.1 and [2001:db8::1] are, and each with a port, as"
                            + " mx1.example.org:25")));
        }
        if (hosts.size() > MAX_HOSTS) {
            throw notAllowed("hosts", MAX_HOSTS + " at most are");
        }
        return hosts;
    }

    private static void checkRange(String key, Duration value, Duration least, Duration most, String allowed) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw notAllowed(key, allowed);
        }
    }

    private static ConfigurationException notAllowed(String key, String allowed) {
        String name = "decoy.primary." + key;
        return new ConfigurationException(name + ": '"
                + ConfigProvider.getConfig().getConfigValue(name).getValue() + "' is not allowed; " + allowed);
    }
}
