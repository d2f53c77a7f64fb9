package org.decoymx.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.DomainProtection.Protection;
import org.decoymx.policy.DomainProtection.ProtectionState;

/**
 * Logs the protections of each domain, as soon as their first results are known or after some seconds, and then what
 * changes, at most once a minute. Not thread-safe.
 */
final class ProtectionLog {
    static final Duration MAX_WAIT = Duration.ofSeconds(20);
    /** Between two logs of changes of a domain, as something may fail and recover often. */
    static final Duration MIN_INTERVAL = Duration.ofMinutes(1);

    /** More domains are not logged; health and statistics have all. */
    static final int MAX_DOMAINS = 50;

    private final Consumer<String> info;
    private final Consumer<String> warn;
    private final Instant start;
    private final Map<String, Logged> logged = new HashMap<>();

    ProtectionLog(Consumer<String> info, Consumer<String> warn, Instant start) {
        this.info = info;
        this.warn = warn;
        this.start = start;
    }

    /** What was logged of a domain, and when. */
    private record Logged(Map<String, Protection> protections, Instant at) {}

    /** Logs what is new. */
    void record(List<DomainProtection> protections, Instant now) {
        for (DomainProtection domain : protections.subList(0, Math.min(MAX_DOMAINS, protections.size()))) {
            Logged before = logged.get(domain.domain());
            if (before == null ? isDue(domain, now) : isOver(before.at(), MIN_INTERVAL, now)) {
                if (before == null) {
                    logFirst(domain);
                } else if (!logChanges(domain, before.protections())) {
                    continue;
                }
                logged.put(domain.domain(), new Logged(domain.byName(), now));
            }
        }
    }

    private boolean isDue(DomainProtection domain, Instant now) {
        return isOver(start, MAX_WAIT, now)
                || domain.names(protection -> protection.state() == ProtectionState.PENDING)
                        .isEmpty();
    }

    /** Also if the clock was set back that far. */
    private static boolean isOver(Instant since, Duration wait, Instant now) {
        return Duration.between(since, now).abs().compareTo(wait) >= 0;
    }

    private boolean logChanges(DomainProtection domain, Map<String, Protection> before) {
        List<Protection> changed = domain.byName().entrySet().stream()
                .filter(entry -> !entry.getValue().equals(before.get(entry.getKey())))
                .map(Map.Entry::getValue)
                .toList();
        changed.forEach(protection -> log(domain, protection));
        return !changed.isEmpty();
    }

    private void logFirst(DomainProtection domain) {
        List<String> active = domain.names(protection -> protection.state() == ProtectionState.ACTIVE);
        Map<String, Protection> lacking = domain.lacking();
        info.accept("Protection of %s: active: %s; missing: %s"
                .formatted(domain.domain(), join(active), join(lacking.keySet())));
        lacking.values().forEach(protection -> log(domain, protection));
    }

    private static String join(Collection<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private void log(DomainProtection domain, Protection protection) {
        String line = "Protection of %s: %s".formatted(domain.domain(), protection.words());
        (protection.suffices() ? info : warn).accept(line);
    }
}
