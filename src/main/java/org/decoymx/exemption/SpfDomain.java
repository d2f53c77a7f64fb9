package org.decoymx.exemption;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import org.decoymx.support.Condition;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A domain whose SPF networks are never listed: what is known of it, and when it is resolved again. */
final class SpfDomain {
    private static final Logger LOG = Logger.getLogger(SpfExemptions.class);
    private static final Duration MAX_AGE_AT_START = Duration.ofHours(20);
    private static final Duration REFRESH_INTERVAL = Duration.ofHours(24);
    private static final Duration STALE_AFTER = Duration.ofDays(7);
    private static final Duration RETRY_INTERVAL = Duration.ofMinutes(15);
    private static final Duration FIRST_RETRY_INTERVAL = Duration.ofMinutes(1);

    private final String name;
    private final SteadyClock clock;
    private final Condition resolvable;
    private Instant nextRefreshAt = Instant.MIN;
    private @Nullable SpfNetworks knownNetworks;
    private List<String> skippedTerms = List.of();
    private Duration retryDelay = FIRST_RETRY_INTERVAL;
    private boolean answered;

    SpfDomain(String name, SteadyClock clock) {
        this.name = name;
        this.clock = clock;
        resolvable = new Condition(clock);
    }

    /** The networks of the last success; null when there was none. */
    @Nullable
    SpfNetworks knownNetworks() {
        return knownNetworks;
    }

    /** Whether the networks of the domain are not known, because DNS has not answered yet. */
    boolean isAwaited() {
        return knownNetworks == null && !answered;
    }

    /** Delay until the domain must be resolved; zero when it is due. */
    Duration timeUntilRefresh() {
        Instant now = clock.durations().instant();
        return nextRefreshAt.isAfter(now) ? Duration.between(now, nextRefreshAt) : Duration.ZERO;
    }

    /** Restores the networks of the cache file. */
    void restore(SpfNetworks networks) {
        knownNetworks = networks;
        Duration age = Duration.between(networks.resolvedAt(), clock.instant());
        nextRefreshAt = age.isNegative()
                ? Instant.MIN
                : clock.durations().instant().plus(MAX_AGE_AT_START).minus(age);
    }

    /**
     * Records the networks of the record.
     *
     * @param jitter factor of all delays
     */
    SpfNetworks recordSuccess(SpfResult.SpfNetworksFound answer, double jitter) {
        resolvable.recover(() -> LOG.infof(
                "SPF record of %s resolved again: %d networks",
                name, answer.networks().size()));
        if (!answer.skippedTerms().isEmpty() && !answer.skippedTerms().equals(skippedTerms)) {
            LOG.warnf("SPF record of %s: ignored %s", name, String.join("; ", answer.skippedTerms()));
        }
        SpfNetworks networks = new SpfNetworks(clock.instant().truncatedTo(ChronoUnit.SECONDS), answer.networks());
        knownNetworks = networks;
        skippedTerms = answer.skippedTerms();
        retryDelay = FIRST_RETRY_INTERVAL;
        scheduleRefresh(REFRESH_INTERVAL, jitter);
        return networks;
    }

    /**
     * Records that the record cannot be resolved. A domain that was never resolved is retried sooner: the host may not
     * have network access yet after its boot.
     *
     * @param failure why
     * @param onNewFailure gets the message to log when the domain was not failing before
     */
    void recordFailure(SpfResult.SpfResolutionFailed failure, double jitter, Consumer<String> onNewFailure) {
        answered |= failure.answered();
        String reason = failure.reason();
        SpfNetworks networks = knownNetworks;
        String effect = networks == null
                ? "none of its networks are exempt"
                : "the networks resolved at " + networks.resolvedAt() + " stay exempt";
        resolvable.fail("unresolved", reason, () -> onNewFailure.accept(name + ": " + reason + "; " + effect));
        scheduleRefresh(networks == null ? retryDelay : RETRY_INTERVAL, jitter);
        Duration doubled = retryDelay.multipliedBy(2);
        retryDelay = doubled.compareTo(RETRY_INTERVAL) < 0 ? doubled : RETRY_INTERVAL;
    }

    private void scheduleRefresh(Duration delay, double jitter) {
        nextRefreshAt = clock.durations().instant().plusMillis((long) (delay.toMillis() * jitter));
    }

    SpfExemptions.SpfDomainStatus status() {
        SpfNetworks networks = knownNetworks;
        return new SpfExemptions.SpfDomainStatus(
                networks == null ? 0 : networks.networks().size(),
                networks == null ? null : networks.resolvedAt(),
                resolvable.problem().orElse(null),
                skippedTerms,
                networks == null
                        || networks.resolvedAt().isBefore(clock.instant().minus(STALE_AFTER)));
    }
}
