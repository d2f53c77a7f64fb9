package org.decoymx.admin.check;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.decoymx.admin.ProtectionMonitor;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.DomainProtection.Protection;
import org.decoymx.policy.DomainProtection.ProtectionState;

/** The MX order, the real MX and the witnesses of the protected domains; nothing in trial mode. */
@Singleton
final class ProtectionFindings implements FindingSource {
    private static final int MAX_DOMAINS = 3;
    private static final String ADVICE_MARK = ": ";

    private final ProtectionMonitor monitor;

    ProtectionFindings(ProtectionMonitor monitor) {
        this.monitor = monitor;
    }

    @Override
    public List<Finding> find() {
        return judge(monitor.protections());
    }

    static List<Finding> judge(List<DomainProtection> domains) {
        if (domains.isEmpty()) {
            return List.of();
        }
        return List.of(
                judge("mx-order", Finding.Level.PROBLEM, domains, DomainProtection::mxOrder),
                judge("primary", Finding.Level.PROBLEM, domains, DomainProtection::primary),
                // without them the decoy still defers
                judge("witnesses", Finding.Level.WARNING, domains, DomainProtection::witnesses));
    }

    private static Finding judge(
            String id,
            Finding.Level missing,
            List<DomainProtection> domains,
            Function<DomainProtection, Protection> which) {
        // domains with the same words are told together
        Map<String, List<String>> namesByWords = new LinkedHashMap<>();
        boolean isMissing = false;
        for (DomainProtection domain : domains) {
            Protection protection = which.apply(domain);
            if (!protection.suffices()) {
                isMissing |= protection.state() == ProtectionState.MISSING;
                namesByWords
                        .computeIfAbsent(protection.words(), words -> new ArrayList<>())
                        .add(domain.domain());
            }
        }
        if (namesByWords.isEmpty()) {
            DomainProtection first = domains.get(0);
            return Finding.ok(
                    id,
                    shorten(domains.stream().map(DomainProtection::domain).toList())
                            + ADVICE_MARK
                            + which.apply(first).words());
        }
        Finding.Level level = isMissing ? missing : Finding.Level.UNKNOWN;
        Map.Entry<String, List<String>> first =
                namesByWords.entrySet().iterator().next();
        int others = namesByWords.size() - 1;
        // the words end with what to do
        int mark = first.getKey().lastIndexOf(ADVICE_MARK);
        String text = mark < 0 ? first.getKey() : first.getKey().substring(0, mark);
        String advice = mark < 0 ? "" : first.getKey().substring(mark + ADVICE_MARK.length());
        return new Finding(
                id,
                level,
                shorten(first.getValue())
                        + ADVICE_MARK
                        + text
                        + (others == 0 ? "" : "; and " + others + " more, see /stats"),
                advice);
    }

    private static String shorten(List<String> domains) {
        return domains.stream().limit(MAX_DOMAINS).collect(Collectors.joining(", "))
                + (domains.size() > MAX_DOMAINS ? " and " + (domains.size() - MAX_DOMAINS) + " more" : "");
    }
}
