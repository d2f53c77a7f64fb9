package org.decoymx.admin.page;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.decoymx.admin.page.Overview.Level;
import org.decoymx.admin.page.Overview.StateLine;
import org.decoymx.policy.PolicyMode;
import org.decoymx.support.PrintableText;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Tells in words whether the decoy works, by its mode and its health checks. */
@Singleton
final class OverviewState {
    private static final int MAX_DETAILS = 3;
    private static final int MAX_DETAIL = 400;

    /** What it means if a check fails. */
    private static final Map<String, String> FAILURES = Map.ofEntries(
            Map.entry("SMTP port bound", "The SMTP port is not open"),
            Map.entry("ledger kept", "The ledger is in trouble"),
            Map.entry("listing fresh", "The list is not updated"),
            Map.entry("domains protected", "Protections are missing"),
            Map.entry("primary up", "A real MX is down"),
            Map.entry("decoy is worst MX", "The decoy is not the worst MX"),
            Map.entry("exempt domains found", "SPF records are not found"),
            Map.entry("exemptions read", "Exempt networks cannot be read"),
            Map.entry("allowlists answer", "An allowlist does not answer"),
            Map.entry("name servers known", "No name server is known"),
            Map.entry("witnesses kept", "The visits to the real MX are not kept"),
            Map.entry("certificate kept", "The certificate is not kept"),
            Map.entry("clock right", "The clock has jumped"));

    /** Without these the decoy does not do its work at all. */
    private static final Set<String> ESSENTIAL =
            Set.of("SMTP port bound", "ledger kept", "listing fresh", "primary up", "decoy is worst MX");

    /** What a check says also when all is well. */
    private static final Set<String> PLAIN_KEYS = Set.of("mode", "listens", "decoy", "domains", "time", "hosts");

    /** What is so although the check does not fail. */
    private static final Set<String> PAUSES = Set.of("nothing counts now", "suspects only");

    private final Instance<HealthCheck> checks;

    OverviewState(@Any Instance<HealthCheck> checks) {
        this.checks = checks;
    }

    /** The worst comes first; never empty. */
    List<StateLine> lines(PolicyMode mode) {
        List<StateLine> lines = new ArrayList<>();
        checks.stream().map(HealthCheck::call).forEach(response -> addTo(lines, response));
        switch (mode) {
            case TRIAL ->
                lines.add(new StateLine(
                        Level.WARNING,
                        "TRIAL: no domain is configured, so every recipient counts, and private addresses are listed",
                        List.of("Do not block with this list. Set decoy.domains to your domains, and restart.")));
            case OBSERVE ->
                lines.add(new StateLine(
                        Level.WARNING,
                        "OBSERVE: the decoy decides as usual, but its list stays empty",
                        List.of("Look at who would be listed. If you would block all of them, delete"
                                + " decoy.policy.mode=observe, and restart.")));
            case ENFORCE -> {}
        }
        if (lines.isEmpty()) {
            lines.add(new StateLine(
                    Level.GOOD, "Who is caught is listed, and all protections of good senders are active", List.of()));
        }
        lines.sort(Comparator.comparing(StateLine::level));
        return lines;
    }

    private static void addTo(List<StateLine> lines, HealthCheckResponse response) {
        boolean isDown = response.getStatus() == HealthCheckResponse.Status.DOWN;
        List<String> details = response.getData().orElse(Map.of()).entrySet().stream()
                .filter(entry -> entry.getValue() instanceof String text
                        && (isDown ? saysMore(entry.getKey(), text) : PAUSES.contains(entry.getKey())))
                .map(entry -> describe(entry.getKey(), (String) entry.getValue()))
                .limit(MAX_DETAILS)
                .collect(Collectors.toList());
        String name = response.getName();
        if (isDown) {
            lines.add(new StateLine(
                    ESSENTIAL.contains(name) ? Level.BAD : Level.WARNING,
                    FAILURES.getOrDefault(name, "The check '" + name + "' fails"),
                    details));
        } else if (!details.isEmpty()) {
            lines.add(new StateLine(Level.WARNING, "Not everything counts now", details));
        }
    }

    /** A check names all its domains and hosts, also those that are well. */
    private static boolean saysMore(String key, String value) {
        return !PLAIN_KEYS.contains(key)
                && !value.startsWith("up since")
                && !value.equals("answers")
                && !value.equals("all protections are active");
    }

    private static String describe(String key, String value) {
        String text = key.equals("trouble") ? value : key + ": " + value;
        return PrintableText.escape(text, MAX_DETAIL);
    }
}
