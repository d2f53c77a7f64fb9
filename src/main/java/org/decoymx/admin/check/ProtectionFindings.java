package org.decoymx.admin.check;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Function;
import org.decoymx.admin.ProtectionMonitor;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.DomainProtection.Protection;
import org.decoymx.policy.DomainProtection.ProtectionState;
import org.decoymx.support.PrintableText;

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
        List<Protection> wanting = domains.stream()
                .map(which)
                .filter(protection -> !protection.suffices())
                .toList();
        boolean isMissing = wanting.stream().anyMatch(protection -> protection.state() == ProtectionState.MISSING);
        // the first one that is missing, else the first one that is not known
        Protection told = wanting.stream()
                .filter(protection -> !isMissing || protection.state() == ProtectionState.MISSING)
                .findFirst()
                .orElseGet(() -> which.apply(domains.get(0)));
        List<String> names = domains.stream()
                .filter(domain -> which.apply(domain).words().equals(told.words()))
                .map(DomainProtection::domain)
                .toList();
        String words = PrintableText.join(names, MAX_DOMAINS) + ADVICE_MARK + told.words();
        if (wanting.isEmpty()) {
            return Finding.ok(id, words);
        }
        // the words end with what to do
        int mark = words.lastIndexOf(ADVICE_MARK);
        int others = wanting.size() - names.size();
        return new Finding(
                id,
                isMissing ? missing : Finding.Level.UNKNOWN,
                words.substring(0, mark) + (others == 0 ? "" : "; and " + others + " more, see /stats"),
                words.substring(mark + ADVICE_MARK.length()));
    }
}
