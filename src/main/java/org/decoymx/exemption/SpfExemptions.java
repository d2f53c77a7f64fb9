package org.decoymx.exemption;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.decoymx.dns.DnsResolver;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.support.Condition;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Domains whose SPF networks are never listed. Each record is resolved again every day. A domain that cannot be
 * resolved keeps its last networks, also in the cache file. One thread refreshes; all other methods are thread-safe.
 */
final class SpfExemptions {
    private static final Logger LOG = Logger.getLogger(SpfExemptions.class);
    private static final Duration MAX_IDLE_TIME = Duration.ofHours(24);
    private static final Duration SAVE_RETRY_DELAY = Duration.ofMinutes(1);

    /** How long after the first domain was resolved the others are waited for: their own name servers may be down. */
    private static final Duration MAX_WAIT = Duration.ofHours(1);

    /** Microsoft 365 relays forwarded mail through a pool that is by design not in its SPF record. */
    private static final String MICROSOFT_DOMAIN = "spf.protection.outlook.com";

    private static final String MICROSOFT_RELAY_POOL = "40.95.0.0/16";

    /** Relative jitter of all delays: two hours for a day. */
    private static final double JITTER = 2 / 24.0;

    private final Map<String, SpfDomain> domains = new LinkedHashMap<>();
    private final SpfCacheFile file;
    private final ExemptNetworks exempt;
    private final DoubleSupplier random;
    private final Condition writable;
    private final List<String> newFailures = new ArrayList<>();
    private final SteadyClock clock;
    private @Nullable Instant firstKnownAt;
    private volatile boolean known;

    /**
     * @param names valid domain names
     * @param random numbers from 0 to 1 for the jitter
     */
    SpfExemptions(
            List<String> names, SpfCacheFile file, ExemptNetworks exempt, SteadyClock clock, DoubleSupplier random) {
        names.forEach(name -> domains.put(name, new SpfDomain(name, clock)));
        this.file = file;
        this.exempt = exempt;
        this.random = random;
        this.clock = clock;
        writable = new Condition(clock);
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
    record SpfDomainStatus(
            int networks,
            @Nullable Instant resolvedAt,
            @Nullable String failure,
            List<String> skippedTerms,
            boolean isStale) {}

    /** Publishes the networks in the cache file, and those that need no DNS. */
    synchronized void restore() {
        if (domains.containsKey(MICROSOFT_DOMAIN)) {
            exempt.replaceSource(
                    "relay pool of " + MICROSOFT_DOMAIN,
                    List.of(Exemption.of(
                            IpText.parseNetwork(MICROSOFT_RELAY_POOL), "in the relay pool of Microsoft 365")));
        }
        if (!domains.isEmpty()) {
            file.read(domains.keySet()).forEach((name, networks) -> {
                domainOf(name).restore(networks);
                publish(name, networks);
            });
        }
    }

    private SpfDomain domainOf(String name) {
        return Objects.requireNonNull(domains.get(name));
    }

    private void publish(String name, SpfNetworks networks) {
        String reason = "a network of " + name + ", by its SPF record";
        exempt.replaceSource(
                "SPF of " + name,
                networks.networks().stream()
                        .map(network -> Exemption.of(network, reason))
                        .toList());
    }

    /**
     * Whether the networks were found once, so that senders can be judged. A domain without a valid record is not
     * waited for, unless there is no other.
     */
    boolean areNetworksKnown() {
        return known || findWhetherKnown();
    }

    private synchronized boolean findWhetherKnown() {
        if (firstKnownAt == null && domains.values().stream().anyMatch(domain -> domain.knownNetworks() != null)) {
            firstKnownAt = clock.durations().instant();
        }
        known = domains.isEmpty()
                || firstKnownAt != null
                        && (domains.values().stream().noneMatch(SpfDomain::isAwaited)
                                || !clock.durations().instant().isBefore(firstKnownAt.plus(MAX_WAIT)));
        return known;
    }

    /** Whether no domain is configured. */
    boolean isEmpty() {
        return domains.isEmpty();
    }

    /**
     * Resolves the domains that are due, and writes the file again after a failure. Stops when the thread is
     * interrupted.
     *
     * @return delay until the next call
     */
    Duration refresh(DnsResolver dns) {
        boolean resolved = false;
        newFailures.clear();
        for (String name : domains.keySet()) {
            if (!timeUntilRefresh(domainOf(name)).isZero()) {
                continue;
            }
            SpfResult answer = SpfNetworkResolver.resolve(name, dns);
            if (Thread.currentThread().isInterrupted()) {
                return MAX_IDLE_TIME;
            }
            resolved |= apply(name, answer);
        }
        logFailures();
        if (resolved || writable.problem().isPresent()) {
            save();
        }
        Duration next = domains.values().stream()
                .map(this::timeUntilRefresh)
                .min(Duration::compareTo)
                .orElse(MAX_IDLE_TIME);
        return writable.problem().isPresent() && next.compareTo(SAVE_RETRY_DELAY) > 0 ? SAVE_RETRY_DELAY : next;
    }

    private synchronized Duration timeUntilRefresh(SpfDomain domain) {
        return domain.timeUntilRefresh();
    }

    /** Returns whether networks were found. */
    private synchronized boolean apply(String name, SpfResult answer) {
        if (answer instanceof SpfResult.SpfNetworksFound networks) {
            publish(name, domainOf(name).recordSuccess(networks, jitter()));
            return true;
        }
        if (answer instanceof SpfResult.SpfResolutionFailed failed) {
            domainOf(name).recordFailure(failed, jitter(), newFailures::add);
        }
        return false;
    }

    private double jitter() {
        return 1 + JITTER * (2 * random.getAsDouble() - 1);
    }

    /** Logs one line for all domains, because all of them fail when DNS fails. */
    private void logFailures() {
        if (!newFailures.isEmpty()) {
            int more = newFailures.size() - 1;
            String others = more == 0 ? "" : "; " + more + " more domains failed, see /q/health";
            LOG.warnf("SPF record cannot be resolved: %s%s", newFailures.get(0), others);
        }
    }

    private void save() {
        Map<String, SpfNetworks> networks = new LinkedHashMap<>();
        synchronized (this) {
            domains.forEach((name, domain) -> {
                if (domain.knownNetworks() != null) {
                    networks.put(name, domain.knownNetworks());
                }
            });
        }
        try {
            file.write(networks);
            writable.recover();
        } catch (IOException e) {
            String problem = e.getMessage() + "; the resolved networks are lost at the next restart";
            writable.fail("unwritable", problem, () -> LOG.warn(problem));
        }
    }

    /** Status of each domain. */
    synchronized Map<String, SpfDomainStatus> statusByDomain() {
        Map<String, SpfDomainStatus> all = new LinkedHashMap<>();
        domains.forEach((name, domain) -> all.put(name, domain.status()));
        return all;
    }

    /** Why the cache file cannot be written, or a damaged one; empty when there is no problem. */
    Optional<String> fileProblem() {
        return writable.problem().or(file::problem);
    }
}
