package org.decoymx.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.DomainProtection.Protection;
import org.decoymx.policy.DomainProtection.ProtectionState;

/**
 * Logs the protections of each domain, as soon as their first results are known or after some seconds, and then each
 * change. Not thread-safe.
 */
final class ProtectionLog {
    static final Duration MAX_WAIT = Duration.ofSeconds(20);
    /** More domains are not logged; health and statistics have all. */
    static final int MAX_DOMAINS = 50;

    private final Consumer<String> info;
    private final Consumer<String> warn;
    private final Instant start;
    private final Map<String, Map<String, Protection>> logged = new HashMap<>();

    ProtectionLog(Consumer<String> info, Consumer<String> warn, Instant start) {
        this.info = info;
        this.warn = warn;
        this.start = start;
    }

    /** Logs what is new. */
    void record(List<DomainProtection> protections, Instant now) {
        boolean waited = Duration.between(start, now).abs().compareTo(MAX_WAIT) >= 0;
        for (DomainProtection domain : protections.subList(0, Math.min(MAX_DOMAINS, protections.size()))) {
            Map<String, Protection> before = logged.get(domain.domain());
            boolean isPending =
                    domain.byName().values().stream().anyMatch(found -> found.state() == ProtectionState.PENDING);
            if (before != null) {
                domain.byName().forEach((name, protection) -> {
                    if (!protection.equals(Objects.requireNonNull(before.get(name)))) {
                        log(domain, protection);
                    }
                });
            } else if (waited || !isPending) {
                logFirst(domain);
            } else {
                continue;
            }
            logged.put(domain.domain(), domain.byName());
        }
    }

    private void logFirst(DomainProtection domain) {
        List<String> missing = domain.names(protection -> !protection.suffices());
        info.accept("Protection of %s: active: %s%s"
                .formatted(
                        domain.domain(),
                        String.join(", ", domain.names(protection -> protection.state() == ProtectionState.ACTIVE)),
                        missing.isEmpty() ? "" : "; missing: " + String.join(", ", missing)));
        domain.byName().values().stream()
                .filter(protection -> !protection.suffices())
                .forEach(protection -> log(domain, protection));
    }

    private void log(DomainProtection domain, Protection protection) {
        String line = "Protection of %s: %s".formatted(domain.domain(), protection.words());
        (protection.suffices() ? info : warn).accept(line);
    }
}
