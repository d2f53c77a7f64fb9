package org.decoymx.exemption;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.decoymx.dns.DnsClient;
import org.decoymx.dns.DnsName;
import org.decoymx.dns.NameServers;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.sighting.ProtectionMessage;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Produces the run-time exemptions, and the beans that query DNS. */
final class ExemptionProducer {
    private static final long DELIST_DELAY_MILLIS = 30_000;

    /** Timeout of one try. The resolver makes two, so a sighting is delayed by at most 2 s. */
    private static final Duration DNSWL_TRY_TIMEOUT = Duration.ofSeconds(1);

    private ExemptionProducer() {}

    @Produces
    @Singleton
    static NameServers nameServers(ExemptConfig config, SteadyClock clock) {
        return new NameServers(config.nameServers().orElse(List.of()), Path.of("/etc/resolv.conf"), clock.durations());
    }

    @Produces
    @Singleton
    static RuntimeExemptions runtimeExemptions(
            @ConfigProperty(name = "decoy.ledger.dir") Path dir, ExemptNetworks exempt, SteadyClock clock) {
        return new RuntimeExemptions(new RuntimeExemptionFile(dir.resolve("exemptions.txt"), clock), exempt, clock);
    }

    @Produces
    @Singleton
    static SpfExemptions spfDomains(
            ExemptConfig config,
            PolicyConfig policyConfig,
            ExemptNetworks exempt,
            SteadyClock clock,
            @ConfigProperty(name = "decoy.ledger.dir") Path dir) {
        SpfExemptions spf = new SpfExemptions(
                parseDomains(config.spfDomains()),
                new SpfCacheFile(dir.resolve("spf.txt"), clock),
                exempt,
                clock,
                () -> ThreadLocalRandom.current().nextDouble());
        if (policyConfig.domains().isPresent()) {
            exempt.setCompleteness(spf::areNetworksKnown);
        }
        return spf;
    }

    @Produces
    @Singleton
    static DnswlService dnswl(
            ExemptConfig config, ExemptNetworks exempt, NameServers servers, Vertx vertx, SteadyClock clock) {
        List<DnswlZone> zones = List.of();
        if (config.dnswlZones().isPresent()) {
            DnsClient dns = new DnsClient(vertx, servers, DNSWL_TRY_TIMEOUT);
            zones = parseDomains(config.dnswlZones()).stream()
                    .map(zone -> new DnswlZone(zone, dns::queryIpv4Addresses, clock))
                    .toList();
        }
        DnswlService dnswl = new DnswlService(
                zones,
                exempt,
                task -> vertx.setTimer(DELIST_DELAY_MILLIS, timer -> task.run()),
                origins -> publish(vertx, new ProtectionMessage.SendersExempted(origins)),
                clock.durations());
        exempt.setAllowlist(dnswl);
        return dnswl;
    }

    private static void publish(Vertx vertx, ProtectionMessage message) {
        vertx.eventBus().publish(ProtectionMessage.EVENT_BUS_ADDRESS, message);
    }

    /** Reports all changes, of whatever source; the first exemptions are there before any sender is evaluated. */
    static void reportChanges(
            @Observes @Priority(StartOrder.BEFORE_LEDGER) StartupEvent event, ExemptNetworks exempt, Vertx vertx) {
        exempt.onChange(() -> publish(vertx, new ProtectionMessage.ExemptionsChanged()));
    }

    static void stop(@Observes @Priority(StartOrder.STOP_BEFORE_LEDGER) ShutdownEvent event, DnswlService dnswl) {
        dnswl.stop();
    }

    private static List<String> parseDomains(Optional<List<String>> names) {
        return names.orElse(List.of()).stream()
                .map(DnsName::parseDomain)
                .distinct()
                .toList();
    }
}
