package org.decoymx.exemption;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Exemption;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Domains whose networks, by their SPF records, are never listed. They are found anew each day; a domain that cannot be
 * found keeps what was found last, on the disk too. One thread refreshes; any may ask.
 */
public final class SpfDomains {
    private static final Logger LOG = Logger.getLogger(SpfDomains.class);
    private static final Duration FRESH = Duration.ofHours(20);
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration OLD = Duration.ofDays(7);
    private static final Duration RETRY = Duration.ofMinutes(15);
    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

    /** Two hours of a day, and so much of any other wait. */
    private static final double JITTER = 2 / 24.0;

    private final Map<String, State> domains = new LinkedHashMap<>();
    private final SpfFile file;
    private final Exempt exempt;
    private final Runnable changed;
    private final Clock clock;
    private final DoubleSupplier chance;
    private final List<String> complaints = new ArrayList<>();
    private @Nullable String trouble;

    /**
     * @param names valid domain names
     * @param changed is run when others are exempt than before
     * @param chance numbers from 0 to 1, to wait now longer, now shorter
     */
    SpfDomains(List<String> names, SpfFile file, Exempt exempt, Runnable changed, Clock clock, DoubleSupplier chance) {
        names.forEach(name -> domains.put(name, new State()));
        this.file = file;
        this.exempt = exempt;
        this.changed = changed;
        this.clock = clock;
        this.chance = chance;
    }

    private static final class State {
        private Instant due = Instant.MIN;
        private @Nullable SpfNetworks known;
        private @Nullable String failure;
        private List<String> remarks = List.of();
        private Duration retry = FIRST_RETRY;
    }

    /**
     * What is known of a domain.
     *
     * @param networks how many were found last
     * @param found when; null when never
     * @param failure why the latest try failed; null when it did not
     * @param leftOut what in its record could not be used, few
     * @param isStale whether nothing was ever found, or too long ago
     */
    public record Status(
            int networks, @Nullable Instant found, @Nullable String failure, List<String> leftOut, boolean isStale) {}

    /** Exempts what was found before the start. */
    synchronized void restore() {
        Instant now = clock.instant();
        if (domains.isEmpty()) {
            return;
        }
        file.read(domains.keySet()).forEach((name, known) -> {
            State state = state(name);
            state.known = known;
            state.due = known.found().isAfter(now) ? Instant.MIN : known.found().plus(FRESH);
            put(name, known);
        });
    }

    private State state(String name) {
        return Objects.requireNonNull(domains.get(name));
    }

    private boolean put(String name, SpfNetworks known) {
        String words = "a network of " + name + ", by its SPF record";
        return exempt.put(
                "SPF of " + name,
                known.networks().stream()
                        .map(network -> Exemption.of(network, words))
                        .toList());
    }

    /** Whether there is nothing to do, ever. */
    boolean isEmpty() {
        return domains.isEmpty();
    }

    /**
     * Looks for the networks of each domain whose time has come. It stops when its thread is interrupted.
     *
     * @return how long nothing is due
     */
    Duration refresh(Lookup dns) {
        boolean any = false;
        complaints.clear();
        for (String name : domains.keySet()) {
            if (state(name).due.isAfter(clock.instant())) {
                continue;
            }
            SpfAnswer answer = SpfWalk.from(name, dns);
            if (Thread.currentThread().isInterrupted()) {
                return RETRY;
            }
            any |= take(name, answer);
        }
        complain();
        if (any) {
            write();
        }
        return untilDue();
    }

    private synchronized Duration untilDue() {
        Instant now = clock.instant();
        return domains.values().stream()
                .map(state -> state.due.isAfter(now) ? Duration.between(now, state.due) : Duration.ZERO)
                .min(Duration::compareTo)
                .orElse(DAY);
    }

    private boolean take(String name, SpfAnswer answer) {
        boolean found = answer instanceof SpfAnswer.Found;
        boolean others = false;
        synchronized (this) {
            State state = state(name);
            if (answer instanceof SpfAnswer.Found networks) {
                others = found(name, state, networks);
            } else if (answer instanceof SpfAnswer.Failed failed) {
                failed(name, state, failed.words());
            }
        }
        if (others) {
            changed.run();
        }
        return found;
    }

    private boolean found(String name, State state, SpfAnswer.Found answer) {
        if (state.failure != null) {
            LOG.infof(
                    "the networks of %s are found again: %d",
                    name, answer.networks().size());
        }
        if (!answer.remarks().isEmpty() && !answer.remarks().equals(state.remarks)) {
            LOG.warnf("of the networks of %s there is left out %s", name, String.join("; ", answer.remarks()));
        }
        SpfNetworks known = new SpfNetworks(clock.instant().truncatedTo(ChronoUnit.SECONDS), answer.networks());
        state.known = known;
        state.failure = null;
        state.remarks = answer.remarks();
        state.retry = FIRST_RETRY;
        state.due = clock.instant().plus(varied(DAY));
        return put(name, known);
    }

    /** Where nothing was ever found, it is looked for again sooner: the network may not be there yet at a start. */
    private void failed(String name, State state, String words) {
        SpfNetworks known = state.known;
        if (state.failure == null) {
            String left = known == null ? "none are exempt" : "those found at " + known.found() + " stay exempt";
            complaints.add(name + " cannot be found: " + words + "; " + left);
        }
        state.failure = words;
        state.due = clock.instant().plus(varied(known == null ? state.retry : RETRY));
        state.retry = state.retry.multipliedBy(2).compareTo(RETRY) < 0 ? state.retry.multipliedBy(2) : RETRY;
    }

    /** One line, as without any DNS it would be one for each domain. */
    private void complain() {
        if (!complaints.isEmpty()) {
            int more = complaints.size() - 1;
            String nor = more == 0 ? "" : "; nor can those of " + more + " domains more, see /q/health";
            LOG.warnf("the networks of %s%s", complaints.get(0), nor);
        }
    }

    private Duration varied(Duration time) {
        double factor = 1 + JITTER * (2 * chance.getAsDouble() - 1);
        return Duration.ofMillis((long) (time.toMillis() * factor));
    }

    private void write() {
        Map<String, SpfNetworks> known = new LinkedHashMap<>();
        synchronized (this) {
            domains.forEach((name, state) -> {
                if (state.known != null) {
                    known.put(name, state.known);
                }
            });
        }
        String problem = null;
        try {
            file.write(known);
        } catch (IOException e) {
            problem = "spf.txt cannot be written, so what was found is lost with the next start: " + e;
        }
        synchronized (this) {
            if (problem != null && trouble == null) {
                LOG.warn(problem);
            }
            trouble = problem;
        }
    }

    /** What is known of each domain. */
    public synchronized Map<String, Status> status() {
        Map<String, Status> all = new LinkedHashMap<>();
        Instant old = clock.instant().minus(OLD);
        domains.forEach((name, state) -> {
            SpfNetworks known = state.known;
            all.put(
                    name,
                    known == null
                            ? new Status(0, null, state.failure, state.remarks, true)
                            : new Status(
                                    known.networks().size(),
                                    known.found(),
                                    state.failure,
                                    state.remarks,
                                    known.found().isBefore(old)));
        });
        return all;
    }

    /** Why what was found cannot be kept; empty when it can. */
    public synchronized Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }
}
