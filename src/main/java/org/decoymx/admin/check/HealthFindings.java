package org.decoymx.admin.check;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.decoymx.admin.ProtectionMonitor;
import org.decoymx.support.PrintableText;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;

/** What the health checks say, apart from what {@link ProtectionFindings} and {@link ClockFindings} say better. */
@Singleton
final class HealthFindings implements FindingSource {
    private static final int MAX_FACTS = 4;
    private static final int MAX_TEXT = 400;
    private static final String TROUBLE = "trouble";
    private static final String DAMAGED = "damaged";
    private static final String DATABASE = "See \"When health is DOWN\" in docs/operating.md.";

    private static final Set<String> OF_OTHERS = Set.of("domains protected", "decoy is worst MX", "clock right");
    private static final String PRIMARY = "primary up";

    /** What to do if a check is down. */
    private static final Map<String, String> ADVICE = Map.of(
            "SMTP port bound",
            "The decoy is starting or stopping; else look at its log.",
            "listing fresh",
            "The machine is too busy, or see the log.",
            PRIMARY,
            "Repair your real MX, or correct decoy.primary.hosts; no session counts meanwhile.",
            "exemptions read",
            "Correct the named file or line; see decoy.exempt.files.",
            "exempt domains found",
            "Let DNS answer, or correct decoy.exempt.spf-domains.",
            "name servers known",
            "Name one in /etc/resolv.conf, or set decoy.exempt.name-servers.",
            "allowlists answer",
            "Use name servers that the allowlist answers, or correct decoy.exempt.dnswl-zones.",
            "certificate kept",
            "Move the damaged file away; there is a new certificate.",
            "exchange",
            "See the table of faults in docs/exchange.md; nothing is lost meanwhile.");

    private final Iterable<HealthCheck> checks;
    private final ProtectionMonitor protections;

    HealthFindings(@Any Instance<HealthCheck> checks, ProtectionMonitor protections) {
        this.checks = checks;
        this.protections = protections;
    }

    @Override
    public List<Finding> find() {
        boolean isTrial = protections.protections().isEmpty();
        List<Finding> findings = new ArrayList<>();
        for (HealthCheck check : checks) {
            HealthCheckResponse response = check.call();
            String name = response.getName();
            if (!OF_OTHERS.contains(name) && (isTrial || !name.equals(PRIMARY))) {
                findings.add(describe(response));
            }
        }
        return findings;
    }

    static Finding describe(HealthCheckResponse response) {
        String name = response.getName();
        String id = name.replace(' ', '-').toLowerCase(Locale.ROOT);
        boolean up = response.getStatus() == Status.UP;
        String facts = facts(response.getData().orElse(Map.of()));
        String text = PrintableText.escape(
                name + (up ? "" : ": no") + (facts.isEmpty() ? "" : (up ? ": " : "; ") + facts), MAX_TEXT);
        return up ? Finding.ok(id, text) : Finding.problem(id, text, ADVICE.getOrDefault(name, DATABASE));
    }

    /** What is wrong, or the first facts. */
    private static String facts(Map<String, Object> data) {
        if (data.containsKey(TROUBLE) || data.containsKey(DAMAGED)) {
            return data.entrySet().stream()
                    .filter(fact ->
                            fact.getKey().equals(TROUBLE) || fact.getKey().equals(DAMAGED))
                    .map(fact -> String.valueOf(fact.getValue()))
                    .collect(Collectors.joining("; "));
        }
        return data.entrySet().stream()
                .limit(MAX_FACTS)
                .map(fact -> fact.getKey() + " " + fact.getValue())
                .collect(Collectors.joining(", "));
    }
}
