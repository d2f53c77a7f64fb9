package org.decoymx.admin.check;

import io.quarkus.arc.All;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.support.Condition;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;

/**
 * Collects the findings every 5 seconds, as a disk may not respond, or a million entries may be read. Who asks gets
 * what was found last. Thread-safe.
 */
@Singleton
public final class CheckService {
    private static final Logger LOG = Logger.getLogger(CheckService.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration MAX_AGE = Duration.ofMinutes(1);

    private final List<FindingSource> sources;
    private final Clock durations;
    private final Condition working;
    private volatile CheckedFindings latest;

    @Inject
    CheckService(@All List<FindingSource> sources, SteadyClock clock) {
        this(sources, clock.durations());
    }

    CheckService(List<FindingSource> sources, Clock durations) {
        this.sources = List.copyOf(sources);
        this.durations = durations;
        working = new Condition(durations);
        latest = new CheckedFindings(
                durations.instant(),
                List.of(Finding.unknown("check", "Nothing is checked yet.", "Ask again in some seconds.")));
    }

    private record CheckedFindings(Instant at, List<Finding> findings) {}

    /** The last of all, so that no port is still closed; the first findings are there as soon as somebody may ask. */
    void start(@Observes @Priority(Integer.MAX_VALUE) StartupEvent event, PeriodicJobs jobs) {
        Infrastructure.getDefaultExecutor().execute(this::refresh);
        jobs.schedule("check", INTERVAL, this::refresh);
    }

    synchronized void refresh() {
        List<Finding> found = new ArrayList<>();
        for (FindingSource source : sources) {
            try {
                found.addAll(source.find());
                working.recover();
            } catch (RuntimeException e) {
                String name = source.getClass().getSimpleName();
                working.fail(name, () -> LOG.error("A part of the check failed: " + name, e));
                found.add(Finding.unknown(
                        "check", "A part of the check failed.", "This is an error of the decoy; the log has more."));
            }
        }
        found.sort(Comparator.comparing(Finding::level).reversed());
        latest = new CheckedFindings(durations.instant(), List.copyOf(found));
    }

    /** What was found some seconds ago, the worst first. It does not wait. */
    public List<Finding> findings() {
        CheckedFindings checked = latest;
        if (!checked.at().plus(MAX_AGE).isBefore(durations.instant())) {
            return checked.findings();
        }
        Finding stuck = Finding.problem(
                "check",
                "The check has not ended for a minute: a disk does not respond, or the machine is too busy.",
                "Look at the disk of decoy.ledger.dir and at the load.");
        return Stream.concat(Stream.of(stuck), checked.findings().stream()).toList();
    }
}
