package org.decoymx.admin.page;

import java.util.List;
import java.util.Optional;
import org.decoymx.admin.SenderCensus.Census;
import org.decoymx.admin.page.Overview.CountRow;
import org.decoymx.admin.page.Overview.CountTable;
import org.decoymx.policy.SkipReason;

/** The tables of numbers on the overview. */
final class OverviewTables {
    private static final int MAX_ROWS = 10;
    private static final String NONE_YET = "None yet.";

    private OverviewTables() {}

    /** Tables without rows until the senders are counted for the first time. */
    static List<CountTable> of(Optional<Census> counted, List<CountRow> heloNames) {
        return List.of(
                new CountTable(
                        "skipped",
                        "What did not count, and why",
                        "Why",
                        "Senders",
                        "All that reached the 451 counted.",
                        counted.map(OverviewTables::skipped).orElse(List.of())),
                new CountTable(
                        "networks",
                        "Networks with the most listed senders",
                        "Network",
                        "Senders",
                        NONE_YET,
                        counted.map(OverviewTables::networks).orElse(List.of())),
                new CountTable(
                        "helos", "Most frequent HELO names since the start", "HELO", "Sessions", NONE_YET, heloNames),
                new CountTable(
                        "traits",
                        "What senders did",
                        "A sender",
                        "Senders",
                        NONE_YET,
                        counted.map(OverviewTables::traits).orElse(List.of())));
    }

    private static List<CountRow> skipped(Census counted) {
        return counted.statistics().waived().entrySet().stream()
                .map(entry -> new CountRow(words(entry.getKey()), entry.getValue()))
                .toList();
    }

    private static String words(SkipReason reason) {
        return switch (reason) {
            case EXEMPT -> "The address was exempt.";
            case WITNESSED -> "A real MX had just put off the same message or recipient.";
            case OUTAGE -> "A real MX was down, or had been shortly before.";
            case UNANSWERED -> "An allowlist did not answer.";
            case NOT_WORST_MX -> "DNS did not say that the decoy is the worst MX of the recipient's domain.";
            case SPF_UNKNOWN -> "The SPF networks of large providers were not known yet.";
            case KNOWN -> "A real MX had accepted its mail on many days before.";
        };
    }

    private static List<CountRow> networks(Census counted) {
        return counted.highlights().networks().stream()
                .map(network -> new CountRow(network.network().toString(), network.listed()))
                .toList();
    }

    private static List<CountRow> traits(Census counted) {
        return counted.statistics().traits().stream()
                .limit(MAX_ROWS)
                .map(trait -> new CountRow(trait.words(), trait.senders()))
                .toList();
    }
}
