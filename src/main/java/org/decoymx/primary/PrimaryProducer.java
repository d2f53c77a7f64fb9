package org.decoymx.primary;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.dns.DnsClient;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.dns.DnsResolver;
import org.decoymx.dns.NameServers;
import org.decoymx.policy.OutageGrace;
import org.decoymx.policy.OutageWindows;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.store.Database;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Produces the monitor of the primary MX, and what stores the visits there. */
final class PrimaryProducer {
    private static final int UNWATCHED_INTERVALS = 4;
    private static final Duration MIN_UNWATCHED = Duration.ofMinutes(2);
    private static final Duration DNS_TRY_TIMEOUT = Duration.ofSeconds(2);
    private static final String DATABASE = "primary.db";
    private static final Duration WRITE_INTERVAL = Duration.ofSeconds(1);

    private PrimaryProducer() {}

    @Produces
    @Singleton
    static PrimaryMonitor primaryMonitor(PrimaryConfig config, MxSettings settings, Clock clock) {
        Instant now = clock.instant();
        PrimaryMonitor monitor = new PrimaryMonitor(
                PrimaryHost.parseAll(config.hosts().orElse(List.of())),
                new OutageWindows(new OutageGrace(config.outageGraceMin(), config.outageGraceMax())),
                unwatchedAfter(config.probeInterval()),
                now);
        if (settings.findsPrimaries()) {
            monitor.outages().pauseUntilKnown(now);
        }
        return monitor;
    }

    /** Four intervals, but not less than a kill and a restart may take, as the time of a probe is saved each minute. */
    private static Duration unwatchedAfter(Duration interval) {
        Duration intervals = interval.multipliedBy(UNWATCHED_INTERVALS);
        return intervals.compareTo(MIN_UNWATCHED) < 0 ? MIN_UNWATCHED : intervals;
    }

    @Produces
    @Singleton
    static OutageWindows outageWindows(PrimaryMonitor monitor) {
        return monitor.outages();
    }

    @Produces
    @Singleton
    static PrimaryWriter primaryWriter(
            @ConfigProperty(name = "decoy.ledger.dir") Path dir,
            PrimaryVisits visits,
            PrimaryMonitor monitor,
            SteadyClock clock) {
        Database database = new Database(dir.resolve(DATABASE), PrimaryStore.FORMAT, clock);
        return new PrimaryWriter(database, visits, monitor, clock);
    }

    /** Loads the database before any sender is scored. */
    static void start(
            @Observes @Priority(StartOrder.BEFORE_LEDGER) StartupEvent event, PrimaryWriter writer, PeriodicJobs jobs) {
        writer.start();
        jobs.schedule(DATABASE, WRITE_INTERVAL, writer::runIfDue);
    }

    /** After the ledger, which still receives visits. */
    static void stop(@Observes @Priority(StartOrder.STOP_AFTER_LEDGER) ShutdownEvent event, PrimaryWriter writer) {
        writer.stop();
    }

    /** Asks the system, which knows its hosts file, and then the name servers of the decoy. */
    @Produces
    @Singleton
    static HostAddresses hostAddresses(NameServers servers, Vertx vertx) {
        return name -> {
            try {
                return List.of(InetAddress.getAllByName(name));
            } catch (UnknownHostException e) {
                return queryAddresses(name, new DnsClient(vertx, servers, DNS_TRY_TIMEOUT), e);
            }
        };
    }

    private static List<InetAddress> queryAddresses(String name, DnsResolver dns, UnknownHostException unknown)
            throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (boolean v6 : new boolean[] {false, true}) {
            try {
                addresses.addAll(dns.lookUpAddresses(name, v6));
            } catch (DnsLookupException e) {
                unknown.addSuppressed(e);
            }
        }
        if (addresses.isEmpty()) {
            throw unknown;
        }
        return addresses;
    }
}
