package org.decoymx.exemption;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.decoymx.ledger.Collector;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Exempt;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes what asks DNS of the configuration. */
final class ExemptionBean {
    private static final int BEFORE_THE_LEDGER_STOPS = 2_900;
    private static final int MAX_DOMAINS = 200;
    private static final int MAX_ZONES = 10;
    private static final long LATER_MILLIS = 30_000;

    /** Two tries of it are as long as a sighting may be held up. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private ExemptionBean() {}

    @Produces
    @Singleton
    static NameServers nameServers(ExemptConfig config, Clock clock) {
        return checked(
                "name-servers",
                () -> new NameServers(config.nameServers().orElse(List.of()), Path.of("/etc/resolv.conf"), clock));
    }

    @Produces
    @Singleton
    static SpfDomains spfDomains(
            ExemptConfig config,
            Exempt exempt,
            Collector collector,
            Clock clock,
            @ConfigProperty(name = "decoy.ledger.dir") Path dir) {
        return new SpfDomains(
                domains("spf-domains", config.spfDomains(), MAX_DOMAINS),
                new SpfFile(dir.resolve("spf.txt")),
                exempt,
                collector::tellAgain,
                clock,
                () -> ThreadLocalRandom.current().nextDouble());
    }

    @Produces
    @Singleton
    static Dnswl dnswl(
            ExemptConfig config, Exempt exempt, Collector collector, NameServers servers, Vertx vertx, Clock clock) {
        Later<Dns> dns = new Later<>(() -> new Dns(vertx, servers, PATIENCE));
        List<DnswlZone> zones = domains("dnswl-zones", config.dnswlZones(), MAX_ZONES).stream()
                .map(zone -> new DnswlZone(zone, name -> dns.get().askAddresses(name), clock))
                .toList();
        Dnswl dnswl = new Dnswl(zones, exempt, effects(collector, vertx), clock);
        exempt.consult(dnswl);
        return dnswl;
    }

    private static Dnswl.Effects effects(Collector collector, Vertx vertx) {
        return new Dnswl.Effects() {
            @Override
            public void later(Runnable task) {
                vertx.setTimer(LATER_MILLIS, timer -> task.run());
            }

            @Override
            public void pardon(Set<Origin> origins) {
                collector.pardon(sender -> origins.contains(sender.origin()));
            }
        };
    }

    /** Made when first wanted, as it brings much code with it. */
    private static final class Later<T> {
        private final Supplier<T> maker;
        private volatile Optional<T> made = Optional.empty();

        Later(Supplier<T> maker) {
            this.maker = maker;
        }

        synchronized T get() {
            if (made.isEmpty()) {
                made = Optional.of(maker.get());
            }
            return made.get();
        }
    }

    static void start(@Observes @Priority(1) StartupEvent event, NameServers servers, Dnswl dnswl) {
        // only that bad values stop the start
    }

    static void stop(@Observes @Priority(BEFORE_THE_LEDGER_STOPS) ShutdownEvent event, Dnswl dnswl) {
        dnswl.stop();
    }

    private static List<String> domains(String key, Optional<List<String>> names, int most) {
        return checked(key, () -> {
            List<String> all = names.orElse(List.of()).stream()
                    .map(DnsName::ofDomain)
                    .distinct()
                    .toList();
            if (all.size() > most) {
                throw new IllegalArgumentException("'" + all.get(most) + "' is one too many; " + most + " are allowed");
            }
            return all;
        });
    }

    private static <T> T checked(String key, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("decoy.exempt." + key + ": " + e.getMessage());
        }
    }
}
