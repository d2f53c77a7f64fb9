package org.decoymx.admin.notify;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.health.api.Wellness;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.decoymx.admin.ProtectionMonitor;
import org.decoymx.admin.notify.NotifyConfig.EventKind;
import org.decoymx.ledger.LedgerHealth;
import org.decoymx.policy.DomainProtection;
import org.decoymx.primary.HostStatus;
import org.decoymx.primary.PrimaryMonitor;
import org.decoymx.sighting.ProtectionMessage;
import org.decoymx.sighting.ProtectionMessage.OutageBegan;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.PrintableText;
import org.decoymx.support.SteadyClock;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a real MX goes down, a protection is missing, or the ledger cannot be written, and when that is over. What
 * was told is not kept over a restart: then what is bad is told again.
 */
@Singleton
final class StateNotifications {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final int MAX_DOMAINS = 10;
    private static final int MAX_NAMES = 5;
    private static final int MAX_WORDS = 500;

    /** When a real MX is up again, its next report may be a minute away. */
    private static final Duration REPORT_TIME = Duration.ofSeconds(90);

    private final Notifier notifier;
    private final PrimaryMonitor primaryMonitor;
    private final ProtectionMonitor protectionMonitor;
    private final LedgerHealth ledger;
    private final SteadyClock clock;
    private final Map<String, SettledState<List<String>>> domains = new LinkedHashMap<>();
    private final SettledState<Boolean> disk;
    private volatile Set<String> down = Set.of();
    private @Nullable Instant downUntil;

    StateNotifications(
            Notifier notifier,
            PrimaryMonitor primaryMonitor,
            ProtectionMonitor protectionMonitor,
            @Wellness LedgerHealth ledger,
            SteadyClock clock) {
        this.notifier = notifier;
        this.primaryMonitor = primaryMonitor;
        this.protectionMonitor = protectionMonitor;
        this.ledger = ledger;
        this.clock = clock;
        disk = new SettledState<>(false, clock.durations().instant());
    }

    /** A real MX. */
    record HostDetail(String host, String state, String since, String reason) {}

    /** A domain, and the names of the protections that it lacks. */
    record DomainDetail(String domain, List<String> missing, String words) {}

    /** Why the ledger cannot be written. */
    record DiskDetail(String problem) {}

    void start(@Observes StartupEvent event, PeriodicJobs jobs, Vertx vertx) {
        if (notifier.isActive()) {
            jobs.schedule("events for notifications", INTERVAL, this::check);
            vertx.eventBus().<ProtectionMessage>localConsumer(ProtectionMessage.EVENT_BUS_ADDRESS, message -> {
                if (message.body() instanceof OutageBegan) {
                    checkPrimary();
                }
            });
        }
    }

    private void check() {
        checkPrimary();
        checkProtections();
        checkDisk();
    }

    /** An outage is told at once. */
    private synchronized void checkPrimary() {
        List<HostStatus> hosts = primaryMonitor.hosts();
        Set<String> nowDown = new TreeSet<>();
        hosts.stream().filter(HostStatus::isDown).forEach(host -> nowDown.add(name(host)));
        if (nowDown.equals(down)) {
            return;
        }
        Set<String> over = new TreeSet<>(down);
        over.removeAll(nowDown);
        down = nowDown;
        String overText =
                over.isEmpty() ? "" : "The outage of the real MX " + PrintableText.join(over, MAX_NAMES) + " is over";
        String downText = nowDown.isEmpty()
                ? ""
                : "The real MX " + PrintableText.join(nowDown, MAX_NAMES)
                        + " is down: no session counts until it is up again";
        notifier.tell(
                EventKind.PRIMARY,
                nowDown.isEmpty() ? "up" : "down",
                String.join(
                        ". ",
                        List.of(overText, downText).stream()
                                .filter(text -> !text.isEmpty())
                                .toList()),
                hosts.stream().map(StateNotifications::detail).toList(),
                0);
    }

    private static String name(HostStatus host) {
        return host.host().toString();
    }

    private static HostDetail detail(HostStatus host) {
        return new HostDetail(
                name(host),
                host.state().name().toLowerCase(Locale.ROOT),
                host.since().truncatedTo(ChronoUnit.SECONDS).toString(),
                escape(host.error()));
    }

    private static String escape(String text) {
        return PrintableText.escape(text, MAX_WORDS);
    }

    /** Not while a real MX is down: that is told, and nobody reports visits there until its next report. */
    private void checkProtections() {
        Instant now = clock.durations().instant();
        if (!down.isEmpty()) {
            downUntil = now;
        }
        if (downUntil != null && now.isBefore(downUntil.plus(REPORT_TIME))) {
            return;
        }
        List<DomainProtection> protections = protectionMonitor.protections();
        boolean changed = false;
        for (DomainProtection domain : protections) {
            changed |= domains.computeIfAbsent(domain.domain(), name -> new SettledState<>(List.of(), now))
                    .update(List.copyOf(domain.lacking().keySet()), now);
        }
        if (changed) {
            tellProtections(protections);
        }
    }

    private void tellProtections(List<DomainProtection> protections) {
        List<DomainDetail> missing = protections.stream()
                .filter(domain -> !settled(domain).isEmpty())
                .map(domain ->
                        new DomainDetail(escape(domain.domain()), settled(domain), escape(domain.lackingWords())))
                .toList();
        String text = missing.stream()
                .limit(MAX_NAMES)
                .map(domain -> domain.domain() + " (" + String.join(", ", domain.missing()) + ")")
                .collect(Collectors.joining(", "));
        int more = Math.max(0, missing.size() - MAX_NAMES);
        notifier.tell(
                EventKind.PROTECTIONS,
                missing.isEmpty() ? "complete" : "missing",
                missing.isEmpty()
                        ? "All protections of your domains are active again"
                        : "Protections are missing: " + text + (more > 0 ? " and " + more + " more domains" : ""),
                missing.subList(0, Math.min(MAX_DOMAINS, missing.size())),
                Math.max(0, missing.size() - MAX_DOMAINS));
    }

    private List<String> settled(DomainProtection domain) {
        SettledState<List<String>> state = domains.get(domain.domain());
        return state == null ? List.of() : state.settled();
    }

    private void checkDisk() {
        Optional<String> problem = ledger.writeProblem().map(StateNotifications::escape);
        if (disk.update(problem.isPresent(), clock.durations().instant())) {
            notifier.tell(
                    EventKind.DISK,
                    problem.isPresent() ? "failing" : "recovered",
                    problem.map(reason -> "The ledger is not written, so nobody is newly listed: " + reason)
                            .orElse("The ledger is written again"),
                    problem.stream().map(DiskDetail::new).toList(),
                    0);
        }
    }
}
