package org.decoymx.admin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.decoymx.exchange.NodeStatus;
import org.decoymx.feed.FeedReaders;
import org.decoymx.feed.FeedReaders.Reader;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.Policy;
import org.decoymx.primary.PrimaryMonitor;
import org.decoymx.smtp.server.SmtpCertificate;
import org.decoymx.support.StartOrder;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Metrics of the state of the decoy: what /q/health reports, the protections of the domains, and the disk. */
@Singleton
final class StateMetrics {
    private static final double TRUE = 1;
    private static final String SECONDS = "seconds";

    private final Policy policy;
    private final ProtectionMonitor protections;
    private final PrimaryMonitor primaries;
    private final SmtpCertificate certificate;
    private final FeedReaders readers;
    private final NodeReports nodes;
    private final Clock clock;
    private final Path dataDirectory;
    private final String version;
    private final Instant start;

    StateMetrics(
            Policy policy,
            ProtectionMonitor protections,
            PrimaryMonitor primaries,
            SmtpCertificate certificate,
            FeedReaders readers,
            NodeReports nodes,
            Clock clock,
            @ConfigProperty(name = "decoy.ledger.dir") Path dataDirectory,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.policy = policy;
        this.protections = protections;
        this.primaries = primaries;
        this.certificate = certificate;
        this.readers = readers;
        this.nodes = nodes;
        this.clock = clock;
        this.dataDirectory = dataDirectory;
        this.version = version;
        start = clock.instant();
    }

    /** When all else has started, because the health checks are called once for their names. */
    void register(
            @Observes @Priority(StartOrder.AFTER_ALL) StartupEvent event,
            MeterRegistry registry,
            @Any Instance<HealthCheck> checks) {
        Gauge.builder("decoy.info", () -> TRUE)
                .description("Version and mode; always 1")
                .tag("version", version)
                .tag("mode", policy.settings().mode().name().toLowerCase(Locale.ROOT))
                .register(registry);
        Gauge.builder("decoy.scoring.paused", () -> isScoringPaused() ? 1 : 0)
                .description("Whether no session counts now (1), because of a primary MX")
                .register(registry);
        checks.forEach(check -> Gauge.builder("decoy.health", () -> isUp(check) ? 1 : 0)
                .description("Whether a check of /q/health is UP (1) or DOWN (0)")
                .tag("check", check.call().getName())
                .register(registry));
        DomainProtection.NAMES.forEach(
                name -> Gauge.builder("decoy.protections.missing", () -> protections.countMissing(name))
                        .description("Domains that lack a protection")
                        .tag("protection", name)
                        .register(registry));
        Gauge.builder("decoy.certificate.expiry.timestamp", this::certificateEnd)
                .description("When the certificate for STARTTLS ends, in seconds since 1970")
                .baseUnit(SECONDS)
                .register(registry);
        Gauge.builder("decoy.exchange.nodes.silent", this::silentNodes)
                .description("Other nodes that share the list, but have sent no heartbeat for 5 minutes")
                .register(registry);
        registerReaders(registry);
        new DiskSpaceMetrics(dataDirectory.toAbsolutePath().normalize().toFile()).bindTo(registry);
    }

    private void registerReaders(MeterRegistry registry) {
        Gauge.builder("decoy.feed.readers", readers, known -> known.latest().size())
                .description("Readers of the feeds since the start")
                .register(registry);
        Gauge.builder("decoy.feed.reader.age", this::readerAge)
                .description("Time since the latest fetch of a feed by any reader, or since the start")
                .baseUnit(SECONDS)
                .register(registry);
    }

    private long silentNodes() {
        return nodes.ifShared().stream()
                .flatMap(report -> report.nodes().stream())
                .filter(NodeStatus::silent)
                .count();
    }

    private double readerAge() {
        Instant latest = readers.latest().stream().map(Reader::at).findFirst().orElse(start);
        return Math.max(0, Duration.between(latest, clock.instant()).toSeconds());
    }

    private boolean isScoringPaused() {
        return primaries.outages().isScoringPaused(clock.instant());
    }

    private double certificateEnd() {
        return certificate
                .current()
                .map(found -> (double) found.getNotAfter().toInstant().getEpochSecond())
                .orElse(Double.NaN);
    }

    private static boolean isUp(HealthCheck check) {
        return check.call().getStatus() == HealthCheckResponse.Status.UP;
    }
}
