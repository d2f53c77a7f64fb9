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

/** Produces the visits and the monitor of the primary MX, and checks their configuration. */
final class PrimaryProducer {
    private static final int MAX_HOSTS = 16;

    private PrimaryProducer() {}

    @Produces
    @Singleton
    static PrimaryVisits primaryVisits(PrimaryConfig config) {
        checkRange(
                "witness-window", config.witnessWindow(), Duration.ofMinutes(1), Duration.ofDays(30), "1m to 30d");
        return new PrimaryVisits(config.witnessWindow());
    }

    @Produces
    @Singleton
    static PrimaryMonitor primaryMonitor(PrimaryConfig config, Clock clock) {
        checkRange("outage-grace", config.outageGrace(), Duration.ZERO, Duration.ofDays(1), "0s to 1d");
        checkRange(
                "probe-interval",
                config.probeInterval(),
                Duration.ofSeconds(1),
                Duration.ofMinutes(10),
                "1s to 10m");
        return new PrimaryMonitor(hosts(config.hosts().orElse(List.of())), config.outageGrace(), clock.instant());
    }

    private static Set<PrimaryHost> hosts(List<String> names) {
        Set<PrimaryHost> hosts = new LinkedHashSet<>();
        for (String name : names) {
            hosts.add(PrimaryHost.parse(name)
                    .orElseThrow(() -> new ConfigurationException("decoy.primary.hosts: '" + name
                            + "' is not a valid host (examples: mx1.example.org, 192.0.2.1, [2001:db8::1],"
                            + " mx1.example.org:25)")));
        }
        if (hosts.size() > MAX_HOSTS) {
            throw new ConfigurationException("decoy.primary.hosts: " + hosts.size()
                    + " hosts exceed the limit; at most " + MAX_HOSTS + " are allowed");
        }
        return hosts;
    }

    private static void checkRange(String key, Duration value, Duration min, Duration max, String allowed) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            String name = "decoy.primary." + key;
            String text = ConfigProvider.getConfig().getConfigValue(name).getValue();
            throw new ConfigurationException(name + ": " + text + " is out of range (" + allowed + ")");
        }
    }
}
