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
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Domains whose networks, by their SPF records, are never listed. They are found anew each day; a domain that cannot be
 * found keeps what was found last, on the disk too. One thread refreshes; any may ask.
 */
public final class SpfExemptions {
    private static final Logger LOG = Logger.getLogger(SpfExemptions.class);
    private static final Duration MAX_AGE_AT_START = Duration.ofHours(20);
    private static final Duration REFRESH_INTERVAL = Duration.ofHours(24);
    private static final Duration STALE_AFTER = Duration.ofDays(7);
    private static final Duration RETRY_INTERVAL = Duration.ofMinutes(15);
    private static final Duration FIRST_RETRY_INTERVAL = Duration.ofMinutes(1);

    /** Two hours of a day, and so much of any other wait. */
    private static final double JITTER = 2 / 24.0;

    private final Map<String, SpfDomainState> domains = new LinkedHashMap<>();
    private final SpfCacheFile file;
    private final ExemptNetworks exempt;
    private final Runnable onChange;
    private final Clock clock;
    private final DoubleSupplier random;
    private final List<String> newFailures = new ArrayList<>();
    private @Nullable String fileProblem;

    /**
     * @param names valid domain names
     * @param changed is run when others are exempt than before
     * @param chance numbers from 0 to 1, to wait now longer, now shorter
     */
    SpfExemptions(
            List<String> names,
            SpfCacheFile file,
            ExemptNetworks exempt,
            Runnable changed,
            Clock clock,
            DoubleSupplier chance) {
        names.forEach(name -> domains.put(name, new SpfDomainState()));
        this.file = file;
        this.exempt = exempt;
        this.onChange = changed;
        this.clock = clock;
        this.random = chance;
    }

    private static final class SpfDomainState {
        private Instant nextRefreshAt = Instant.MIN;
        private @Nullable SpfNetworks knownNetworks;
        private @Nullable String failure;
        private List<String> skippedTerms = List.of();
        private Duration retryDelay = FIRST_RETRY_INTERVAL;
    }

    /**
     * What is known of a domain.
     *
     * @param networks how many were found last
     * @param resolvedAt when; null when never
     * @param failure why the latest try failed; null when it did not
     * @param skippedTerms what in its record could not be used, few
     * @param isStale whether nothing was ever found, or too long ago
     */
    public record SpfDomainStatus(
            int networks,
            @Nullable Instant resolvedAt,
            @Nullable String failure,
            List<String> skippedTerms,
            boolean isStale) {}

    /** Exempts what was found before the start. */
    synchronized void restore() {
        Instant now = clock.instant();
        if (domains.isEmpty()) {
            return;
        }
        file.read(domains.keySet()).forEach((name, known) -> {
            SpfDomainState state = stateOf(name);
            state.knownNetworks = known;
            state.nextRefreshAt = known.resolvedAt().isAfter(now)
                    ? Instant.MIN
                    : known.resolvedAt().plus(MAX_AGE_AT_START);
            publish(name, known);
        });
    }

    private SpfDomainState stateOf(String name) {
        return Objects.requireNonNull(domains.get(name));
    }

    private boolean publish(String name, SpfNetworks known) {
        String words = "a network of " + name + ", by its SPF record";
        return exempt.replaceSource(
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
    Duration refresh(DnsResolver dns) {
        boolean any = false;
        newFailures.clear();
        for (String name : domains.keySet()) {
            if (stateOf(name).nextRefreshAt.isAfter(clock.instant())) {
                continue;
            }
            SpfResult answer = SpfNetworkResolver.resolve(name, dns);
            if (Thread.currentThread().isInterrupted()) {
                return RETRY_INTERVAL;
            }
            any |= apply(name, answer);
        }
        logFailures();
        if (any) {
            save();
        }
        return timeUntilNextRefresh();
    }

    private synchronized Duration timeUntilNextRefresh() {
        Instant now = clock.instant();
        return domains.values().stream()
                .map(state ->
                        state.nextRefreshAt.isAfter(now) ? Duration.between(now, state.nextRefreshAt) : Duration.ZERO)
                .min(Duration::compareTo)
                .orElse(REFRESH_INTERVAL);
    }

    private boolean apply(String name, SpfResult answer) {
        boolean found = answer instanceof SpfResult.SpfNetworksFound;
        boolean others = false;
        synchronized (this) {
            SpfDomainState state = stateOf(name);
            if (answer instanceof SpfResult.SpfNetworksFound networks) {
                others = recordSuccess(name, state, networks);
            } else if (answer instanceof SpfResult.SpfResolutionFailed failed) {
                recordFailure(name, state, failed.reason());
            }
        }
        if (others) {
            onChange.run();
        }
        return found;
    }

    private boolean recordSuccess(String name, SpfDomainState state, SpfResult.SpfNetworksFound answer) {
        if (state.failure != null) {
            LOG.infof(
                    "the networks of %s are found again: %d",
                    name, answer.networks().size());
        }
        if (!answer.skippedTerms().isEmpty() && !answer.skippedTerms().equals(state.skippedTerms)) {
            LOG.warnf("of the networks of %s there is left out %s", name, String.join("; ", answer.skippedTerms()));
        }
        SpfNetworks known = new SpfNetworks(clock.instant().truncatedTo(ChronoUnit.SECONDS), answer.networks());
        state.knownNetworks = known;
        state.failure = null;
        state.skippedTerms = answer.skippedTerms();
        state.retryDelay = FIRST_RETRY_INTERVAL;
        state.nextRefreshAt = clock.instant().plus(withJitter(REFRESH_INTERVAL));
        return publish(name, known);
    }

    /** Where nothing was ever found, it is looked for again sooner: the network may not be there yet at a start. */
    private void recordFailure(String name, SpfDomainState state, String words) {
        SpfNetworks known = state.knownNetworks;
        if (state.failure == null) {
            String left = known == null ? "none are exempt" : "those found at " + known.resolvedAt() + " stay exempt";
            newFailures.add(name + " cannot be found: " + words + "; " + left);
        }
        state.failure = words;
        state.nextRefreshAt = clock.instant().plus(withJitter(known == null ? state.retryDelay : RETRY_INTERVAL));
        state.retryDelay = state.retryDelay.multipliedBy(2).compareTo(RETRY_INTERVAL) < 0
                ? state.retryDelay.multipliedBy(2)
                : RETRY_INTERVAL;
    }

    /** One line, as without any DNS it would be one for each domain. */
    private void logFailures() {
        if (!newFailures.isEmpty()) {
            int more = newFailures.size() - 1;
            String nor = more == 0 ? "" : "; nor can those of " + more + " domains more, see /q/health";
            LOG.warnf("the networks of %s%s", newFailures.get(0), nor);
        }
    }

    private Duration withJitter(Duration time) {
        double factor = 1 + JITTER * (2 * random.getAsDouble() - 1);
        return Duration.ofMillis((long) (time.toMillis() * factor));
    }

    private void save() {
        Map<String, SpfNetworks> known = new LinkedHashMap<>();
        synchronized (this) {
            domains.forEach((name, state) -> {
                if (state.knownNetworks != null) {
                    known.put(name, state.knownNetworks);
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
            if (problem != null && fileProblem == null) {
                LOG.warn(problem);
            }
            fileProblem = problem;
        }
    }

    /** What is known of each domain. */
    public synchronized Map<String, SpfDomainStatus> statusByDomain() {
        Map<String, SpfDomainStatus> all = new LinkedHashMap<>();
        Instant old = clock.instant().minus(STALE_AFTER);
        domains.forEach((name, state) -> {
            SpfNetworks known = state.knownNetworks;
            all.put(
                    name,
                    known == null
                            ? new SpfDomainStatus(0, null, state.failure, state.skippedTerms, true)
                            : new SpfDomainStatus(
                                    known.networks().size(),
                                    known.resolvedAt(),
                                    state.failure,
                                    state.skippedTerms,
                                    known.resolvedAt().isBefore(old)));
        });
        return all;
    }

    /** Why what was found cannot be kept; empty when it can. */
    public synchronized Optional<String> fileProblem() {
        return Optional.ofNullable(fileProblem);
    }
}
