package org.decoymx.primary;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.decoymx.policy.OutageWindows;
import org.decoymx.policy.PrimaryVisits;

/** Produces the visits and the monitor of the primary MX, and checks their configuration. */
final class PrimaryProducer {
    private PrimaryProducer() {}

    @Produces
    @Singleton
    static PrimaryVisits primaryVisits(PrimaryConfig config) {
        return new PrimaryVisits(config.witnessWindow());
    }

    @Produces
    @Singleton
    static PrimaryMonitor primaryMonitor(PrimaryConfig config, Clock clock) {
        return new PrimaryMonitor(hosts(config.hosts().orElse(List.of())), config.outageGrace(), clock.instant());
    }

    @Produces
    @Singleton
    static OutageWindows outageWindows(PrimaryMonitor monitor) {
        return monitor.outages();
    }

    private static Set<PrimaryHost> hosts(List<String> names) {
        Set<PrimaryHost> hosts = new LinkedHashSet<>();
        names.forEach(name -> PrimaryHost.parse(name).ifPresent(hosts::add));
        return hosts;
    }
}
