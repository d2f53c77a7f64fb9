package org.decoymx.primary;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.decoymx.dns.MxRecords;
import org.decoymx.policy.ProtectionFacts.MxPosition;
import org.decoymx.support.Condition;
import org.jboss.logging.Logger;

/**
 * Follows the MX records of the protected domains: whether the decoy is the worst MX of each, and which hosts are
 * better and so are the primaries. While DNS does not answer, the last primaries stay. One thread refreshes; {@link
 * #problems} and {@link #find} are thread-safe.
 */
public final class MxDomains {
    private static final Logger LOG = Logger.getLogger(MxDomains.class);
    private static final int MAX_PRIMARIES = 16;
    private static final int MAX_QUERIES = 10;
    private static final long ANSWER_TIMEOUT_SECONDS = 10;

    private final MxSettings settings;
    private final Function<String, CompletableFuture<MxRecords>> lookups;
    private final PrimaryMonitor monitor;
    private final Runnable onHostsChanged;
    private final Clock clock;
    private final Map<String, Condition> orders = new LinkedHashMap<>();
    private final Map<String, List<PrimaryHost>> primaries = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Set<String> unanswered = ConcurrentHashMap.newKeySet();
    private final List<String> newFailures = new ArrayList<>();

    /**
     * @param lookups finds the MX records of a domain
     * @param monitor monitors the primaries that are found, if they are not configured
     * @param onHostsChanged runs after it monitors others
     */
    MxDomains(
            MxSettings settings,
            Function<String, CompletableFuture<MxRecords>> lookups,
            PrimaryMonitor monitor,
            Runnable onHostsChanged,
            Clock clock) {
        this.settings = settings;
        this.lookups = lookups;
        this.monitor = monitor;
        this.onHostsChanged = onHostsChanged;
        this.clock = clock;
        settings.domains().keySet().forEach(domain -> orders.put(domain, new Condition(clock)));
        unanswered.addAll(orders.keySet());
    }

    /**
     * What DNS says of a protected domain.
     *
     * @param problem why nothing counts for it; empty if it does, or if nothing is known yet
     * @param primaries the hosts that are better than the decoy; empty if DNS is not asked for them
     */
    public record DomainMx(MxPosition position, String problem, List<PrimaryHost> primaries) {}

    /** What DNS says of a protected domain, named as it is configured. */
    public DomainMx find(String configured) {
        String domain = MxSettings.domainName(configured);
        Condition order = orders.get(domain);
        if (order == null) {
            return new DomainMx(MxPosition.NOT_CHECKED, "", List.of());
        }
        Optional<String> problem = order.problem();
        MxPosition answered = problem.isPresent() ? MxPosition.WRONG : MxPosition.WORST;
        return new DomainMx(
                unanswered.contains(domain) ? MxPosition.UNKNOWN : answered,
                problem.orElse(""),
                settings.findsPrimaries() ? primaries.getOrDefault(domain, List.of()) : List.of());
    }

    /** Whether the primaries are those in DNS. */
    public boolean findsPrimaries() {
        return settings.findsPrimaries();
    }

    /** Looks up the domains whose TTL has passed. Blocks until DNS has answered. */
    void refresh() {
        newFailures.clear();
        List<String> names = List.copyOf(orders.keySet());
        for (int from = 0; from < names.size(); from += MAX_QUERIES) {
            Map<String, CompletableFuture<MxRecords>> answers = new LinkedHashMap<>();
            names.subList(from, Math.min(names.size(), from + MAX_QUERIES))
                    .forEach(name -> answers.put(name, lookups.apply(name)));
            for (Map.Entry<String, CompletableFuture<MxRecords>> answer : answers.entrySet()) {
                if (!await(answer.getKey(), answer.getValue())) {
                    return;
                }
            }
        }
        if (!newFailures.isEmpty()) {
            int more = newFailures.size() - 1;
            LOG.warnf(
                    "MX records cannot be looked up, so nothing counts: %s%s",
                    newFailures.get(0), more == 0 ? "" : "; " + more + " more domains failed, see /q/health");
        }
        if (settings.findsPrimaries() && !primaries.isEmpty()) {
            monitorPrimaries();
        }
    }

    /** Returns false when the decoy is stopping. */
    private boolean await(String domain, CompletableFuture<MxRecords> answer) {
        try {
            recordAnswer(domain, answer.get(ANSWER_TIMEOUT_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            recordFailure(domain, String.valueOf(cause == null ? e : cause.getMessage()));
        } catch (TimeoutException e) {
            recordFailure(domain, "MX of " + domain + ": no answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return true;
    }

    private void recordAnswer(String domain, MxRecords records) {
        unanswered.remove(domain);
        MxOrder order = new MxOrder(records.hosts(), settings.decoys());
        primaries.put(domain, order.primaries());
        boolean onlySubdomains = records.hosts().isEmpty()
                && Boolean.TRUE.equals(settings.domains().get(domain));
        Optional<String> problem = onlySubdomains ? Optional.empty() : order.problem();
        Condition condition = conditionOf(domain);
        if (problem.isPresent()) {
            condition.fail(problem.get(), () -> LOG.warnf("Nothing counts for %s: %s", domain, problem.get()));
        } else {
            condition.recover(() -> LOG.infof("The decoy is the worst MX of %s again", domain));
        }
    }

    private void recordFailure(String domain, String error) {
        unanswered.add(domain);
        conditionOf(domain).fail("unanswered", error, () -> newFailures.add(error));
    }

    private Condition conditionOf(String domain) {
        return Objects.requireNonNull(orders.get(domain));
    }

    private void monitorPrimaries() {
        Set<PrimaryHost> hosts = new LinkedHashSet<>();
        primaries.values().forEach(hosts::addAll);
        List<PrimaryHost> monitored = hosts.stream().limit(MAX_PRIMARIES).toList();
        if (monitor.replaceHosts(monitored, clock.instant())) {
            LOG.infof(
                    "Primary MX hosts, by DNS: %s%s",
                    monitored, hosts.size() > MAX_PRIMARIES ? ", and more, which are not probed" : "");
            onHostsChanged.run();
        }
    }

    /** Why nothing counts for a domain; empty for those for which it does. */
    Map<String, Optional<String>> problems() {
        Map<String, Optional<String>> problems = new LinkedHashMap<>();
        orders.forEach((domain, condition) -> problems.put(domain, condition.problem()));
        return problems;
    }
}
