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
import org.decoymx.dns.DnsResolver;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Domains whose SPF networks are never listed. Each record is resolved again every day. A domain that cannot be
 * resolved keeps its last networks, also in the cache file. One thread refreshes; all other methods are thread-safe.
 */
public final class SpfExemptions {
    private static final Logger LOG = Logger.getLogger(SpfExemptions.class);
    private static final Duration MAX_AGE_AT_START = Duration.ofHours(20);
    private static final Duration REFRESH_INTERVAL = Duration.ofHours(24);
    private static final Duration STALE_AFTER = Duration.ofDays(7);
    private static final Duration RETRY_INTERVAL = Duration.ofMinutes(15);
    private static final Duration FIRST_RETRY_INTERVAL = Duration.ofMinutes(1);

    /** Relative jitter of all delays: two hours for a day. */
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
     * @param onChange runs after the exemptions have changed
     * @param random numbers from 0 to 1 for the jitter
     */
    SpfExemptions(
            List<String> names,
            SpfCacheFile file,
            ExemptNetworks exempt,
            Runnable onChange,
            Clock clock,
            DoubleSupplier random) {
        names.forEach(name -> domains.put(name, new SpfDomainState()));
        this.file = file;
        this.exempt = exempt;
        this.onChange = onChange;
        this.clock = clock;
        this.random = random;
    }

    private static final class SpfDomainState {
        private Instant nextRefreshAt = Instant.MIN;
        private @Nullable SpfNetworks knownNetworks;
        private @Nullable String failure;
        private List<String> skippedTerms = List.of();
        private Duration retryDelay = FIRST_RETRY_INTERVAL;
    }

    /**
     * Status of a domain.
     *
     * @param networks number of networks
     * @param resolvedAt when they were resolved; null for never
     * @param failure why the last attempt failed; null when it did not
     * @param skippedTerms the first few terms of the record that were ignored
     * @param isStale whether the networks are missing or too old
     */
    public record SpfDomainStatus(
            int networks,
            @Nullable Instant resolvedAt,
            @Nullable String failure,
            List<String> skippedTerms,
            boolean isStale) {}

    /** Publishes the networks in the cache file. */
    synchronized void restore() {
        Instant now = clock.instant();
        if (domains.isEmpty()) {
            return;
        }
        file.read(domains.keySet()).forEach((name, networks) -> {
            SpfDomainState state = stateOf(name);
            state.knownNetworks = networks;
            state.nextRefreshAt = networks.resolvedAt().isAfter(now)
                    ? Instant.MIN
                    : networks.resolvedAt().plus(MAX_AGE_AT_START);
            publish(name, networks);
        });
    }

    private SpfDomainState stateOf(String name) {
        return Objects.requireNonNull(domains.get(name));
    }

    private boolean publish(String name, SpfNetworks networks) {
        String reason = "a network of " + name + ", by its SPF record";
        return exempt.replaceSource(
                "SPF of " + name,
                networks.networks().stream()
                        .map(network -> Exemption.of(network, reason))
                        .toList());
    }

    /** Whether no domain is configured. */
    boolean isEmpty() {
        return domains.isEmpty();
    }

    /**
     * Resolves the domains that are due. Stops when the thread is interrupted.
     *
     * @return delay until the next domain is due
     */
    Duration refresh(DnsResolver dns) {
        boolean resolved = false;
        newFailures.clear();
        for (String name : domains.keySet()) {
            if (stateOf(name).nextRefreshAt.isAfter(clock.instant())) {
                continue;
            }
            SpfResult answer = SpfNetworkResolver.resolve(name, dns);
            if (Thread.currentThread().isInterrupted()) {
                return RETRY_INTERVAL;
            }
            resolved |= apply(name, answer);
        }
        logFailures();
        if (resolved) {
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
        boolean changed = false;
        synchronized (this) {
            SpfDomainState state = stateOf(name);
            if (answer instanceof SpfResult.SpfNetworksFound networks) {
                changed = recordSuccess(name, state, networks);
            } else if (answer instanceof SpfResult.SpfResolutionFailed failed) {
                recordFailure(name, state, failed.reason());
            }
        }
        if (changed) {
            onChange.run();
        }
        return found;
    }

    private boolean recordSuccess(String name, SpfDomainState state, SpfResult.SpfNetworksFound answer) {
        if (state.failure != null) {
            LOG.infof(
                    "SPF record of %s resolved again: %d networks",
                    name, answer.networks().size());
        }
        if (!answer.skippedTerms().isEmpty() && !answer.skippedTerms().equals(state.skippedTerms)) {
            LOG.warnf("SPF record of %s: ignored %s", name, String.join("; ", answer.skippedTerms()));
        }
        SpfNetworks networks = new SpfNetworks(clock.instant().truncatedTo(ChronoUnit.SECONDS), answer.networks());
        state.knownNetworks = networks;
        state.failure = null;
        state.skippedTerms = answer.skippedTerms();
        state.retryDelay = FIRST_RETRY_INTERVAL;
        state.nextRefreshAt = clock.instant().plus(withJitter(REFRESH_INTERVAL));
        return publish(name, networks);
    }

    /** A domain that was never resolved is retried sooner: the host may not have network access yet after its boot. */
    private void recordFailure(String name, SpfDomainState state, String reason) {
        SpfNetworks networks = state.knownNetworks;
        if (state.failure == null) {
            String effect = networks == null
                    ? "none of its networks are exempt"
                    : "the networks resolved at " + networks.resolvedAt() + " stay exempt";
            newFailures.add(name + ": " + reason + "; " + effect);
        }
        state.failure = reason;
        state.nextRefreshAt = clock.instant().plus(withJitter(networks == null ? state.retryDelay : RETRY_INTERVAL));
        state.retryDelay = state.retryDelay.multipliedBy(2).compareTo(RETRY_INTERVAL) < 0
                ? state.retryDelay.multipliedBy(2)
                : RETRY_INTERVAL;
    }

    /** Logs one line for all domains, because all of them fail when DNS fails. */
    private void logFailures() {
        if (!newFailures.isEmpty()) {
            int more = newFailures.size() - 1;
            String others = more == 0 ? "" : "; " + more + " more domains failed, see /q/health";
            LOG.warnf("SPF record cannot be resolved: %s%s", newFailures.get(0), others);
        }
    }

    private Duration withJitter(Duration time) {
        double factor = 1 + JITTER * (2 * random.getAsDouble() - 1);
        return Duration.ofMillis((long) (time.toMillis() * factor));
    }

    private void save() {
        Map<String, SpfNetworks> networks = new LinkedHashMap<>();
        synchronized (this) {
            domains.forEach((name, state) -> {
                if (state.knownNetworks != null) {
                    networks.put(name, state.knownNetworks);
                }
            });
        }
        String problem = null;
        try {
            file.write(networks);
        } catch (IOException e) {
            problem = e.getMessage() + "; the resolved networks are lost at the next restart";
        }
        synchronized (this) {
            if (problem != null && fileProblem == null) {
                LOG.warn(problem);
            }
            fileProblem = problem;
        }
    }

    /** Status of each domain. */
    public synchronized Map<String, SpfDomainStatus> statusByDomain() {
        Map<String, SpfDomainStatus> all = new LinkedHashMap<>();
        Instant staleBefore = clock.instant().minus(STALE_AFTER);
        domains.forEach((name, state) -> {
            SpfNetworks networks = state.knownNetworks;
            all.put(
                    name,
                    networks == null
                            ? new SpfDomainStatus(0, null, state.failure, state.skippedTerms, true)
                            : new SpfDomainStatus(
                                    networks.networks().size(),
                                    networks.resolvedAt(),
                                    state.failure,
                                    state.skippedTerms,
                                    networks.resolvedAt().isBefore(staleBefore)));
        });
        return all;
    }

    /** Why the cache file cannot be written; empty when it can. */
    public synchronized Optional<String> fileProblem() {
        return Optional.ofNullable(fileProblem);
    }
}
