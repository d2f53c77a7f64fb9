package org.decoymx.admin.check;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.decoymx.primary.PrimaryMonitor;
import org.decoymx.primary.PrimaryMonitor.HostState;
import org.decoymx.support.SteadyClock;

/**
 * Whether the clock is right: by its jumps, and compared with the web server of a real MX that is up, if it has one.
 * That is asked once an hour.
 */
@Singleton
final class ClockFindings implements FindingSource {
    private static final String ID = "clock";
    private static final String ADVICE = "Let NTP set the clock; see \"When the clock is wrong\" in docs/operating.md.";
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final Duration TOLERANCE = Duration.ofMinutes(1);
    private static final int MAX_HOSTS = 2;
    private static final int HTTP_PORT = 80;

    private final Supplier<Optional<String>> jump;
    private final Supplier<List<String>> neighbors;
    private final Function<String, Optional<Instant>> askTime;
    private final Clock machine;
    private final Clock durations;
    private Optional<ClockDifference> difference = Optional.empty();
    private Instant askedAt = Instant.MIN;

    @Inject
    ClockFindings(SteadyClock clock, PrimaryMonitor primaries) {
        this(
                clock::problem,
                () -> primaries.hosts().stream()
                        .filter(status -> status.state() == HostState.UP)
                        .map(status -> status.host().name())
                        .toList(),
                host -> HttpDate.ask(host, HTTP_PORT),
                clock.machine(),
                clock.durations());
    }

    /**
     * @param jump says whether the clock has jumped
     * @param neighbors finds hosts whose clock is right
     * @param askTime asks one of them
     */
    ClockFindings(
            Supplier<Optional<String>> jump,
            Supplier<List<String>> neighbors,
            Function<String, Optional<Instant>> askTime,
            Clock machine,
            Clock durations) {
        this.jump = jump;
        this.neighbors = neighbors;
        this.askTime = askTime;
        this.machine = machine;
        this.durations = durations;
    }

    /** How far the clock is ahead of that of a host. */
    private record ClockDifference(String host, Duration ahead) {}

    @Override
    public List<Finding> find() {
        Instant now = durations.instant();
        List<String> hosts = neighbors.get();
        if (!hosts.isEmpty() && now.isAfter(askedAt.plus(INTERVAL))) {
            askedAt = now;
            difference = hosts.stream().limit(MAX_HOSTS).flatMap(this::compare).findFirst();
        }
        return List.of(judge());
    }

    private Stream<ClockDifference> compare(String host) {
        return askTime
                .apply(host)
                .map(time -> new ClockDifference(host, Duration.between(time, machine.instant())))
                .stream();
    }

    private Finding judge() {
        Optional<String> problem = jump.get();
        if (problem.isPresent()) {
            return Finding.problem(ID, "The clock is wrong, or was: " + problem.get() + ".", ADVICE);
        }
        String time = machine.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        if (difference.isEmpty()) {
            return Finding.ok(ID, "The clock has not jumped; it is " + time + ".");
        }
        String host = difference.get().host();
        Duration ahead = difference.get().ahead();
        if (ahead.abs().compareTo(TOLERANCE) <= 0) {
            return Finding.ok(ID, "The clock agrees with that of " + host + "; it is " + time + ".");
        }
        return Finding.warning(
                ID,
                "The clock was " + ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead of")
                        + " that of " + host + " when its web server was asked.",
                ADVICE);
    }
}
