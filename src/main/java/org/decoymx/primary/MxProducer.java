package org.decoymx.primary;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.decoymx.dns.DnsClient;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.dns.MxRecords;
import org.decoymx.dns.NameServers;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Produces what looks MX records up. */
final class MxProducer {

    /** Timeout of one try. The resolver makes two, so a sighting is delayed by at most 2 s. */
    private static final Duration DNS_TRY_TIMEOUT = Duration.ofSeconds(1);

    private MxProducer() {}

    @Produces
    @Singleton
    static MxSettings mxSettings(
            PolicyConfig policy,
            PrimaryConfig primary,
            @ConfigProperty(name = "decoy.hostname") Optional<String> hostname) {
        return MxSettings.of(policy, primary, hostname);
    }

    @Produces
    @Singleton
    static MxLookups mxLookups(MxSettings settings, NameServers servers, Vertx vertx, SteadyClock clock) {
        Function<String, CompletableFuture<MxRecords>> dns = settings.isRequired()
                ? new DnsClient(vertx, servers, DNS_TRY_TIMEOUT)::queryMx
                : domain -> CompletableFuture.failedFuture(new DnsLookupException("DNS is not asked"));
        return new MxLookups(dns, settings.domains().keySet(), clock.durations());
    }

    @Produces
    @Singleton
    static MxCheck mxCheck(MxLookups lookups, MxSettings settings, PrimaryMonitor monitor) {
        return new MxCheck(
                lookups::find, settings, hosts -> monitor.monitoredHosts().containsAll(hosts));
    }

    @Produces
    @Singleton
    static MxDomains mxDomains(
            MxSettings settings,
            MxLookups lookups,
            PrimaryMonitor monitor,
            Event<PrimaryHostsChanged> changed,
            Clock clock) {
        return new MxDomains(settings, lookups::find, monitor, () -> changed.fire(new PrimaryHostsChanged()), clock);
    }

    static void start(
            @Observes @Priority(StartOrder.AFTER_ALL_PORTS) StartupEvent event,
            MxSettings settings,
            MxDomains domains,
            PrimaryConfig config,
            PeriodicJobs jobs) {
        if (settings.isRequired()) {
            jobs.schedule("MX records", config.probeInterval(), domains::refresh);
        }
    }

    static void stop(@Observes @Priority(StartOrder.STOP_BEFORE_LEDGER) ShutdownEvent event, MxCheck check) {
        check.stop();
    }
}
