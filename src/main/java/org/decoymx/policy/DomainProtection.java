package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.decoymx.policy.ProtectionFacts.MxPosition;
import org.decoymx.policy.ProtectionFacts.PrimaryFact;
import org.decoymx.support.PrintableText;

/**
 * What protects the good senders of a domain, and what is missing. Without the MX order, a real MX that is up, and the
 * SPF networks nothing counts; without witnesses nobody is confirmed.
 *
 * @param domain as configured
 * @param mxOrder whether the decoy is its worst MX
 * @param primary whether its real MX hosts are known and up
 * @param witnesses whether they report who visits them
 * @param spf whether the exempt networks of large providers are known
 */
public record DomainProtection(
        String domain, Protection mxOrder, Protection primary, Protection witnesses, Protection spf) {
    /** As long as a return could be missed without notice; see {@link ReportCoverage}. */
    private static final Duration MAX_SILENCE = Duration.ofMinutes(10);

    private static final int MAX_NAMES = 5;

    private static final String MX_ORDER = "MX order";
    private static final String REAL_MX = "real MX";
    private static final String WITNESSES = "witnesses";
    private static final String SPF = "SPF";

    /** The names of the protections for people. */
    public static final List<String> NAMES = List.of(MX_ORDER, REAL_MX, WITNESSES, SPF);

    /** State of a protection. */
    public enum ProtectionState {
        ACTIVE,
        /** The first result is not there yet. */
        PENDING,
        MISSING,
        /** Switched off by configuration. */
        OFF
    }

    /**
     * One protection.
     *
     * @param words what is so, and what to do if it is missing: one line
     */
    public record Protection(ProtectionState state, String words) {
        /** Whether it protects, or is switched off on purpose. */
        public boolean suffices() {
            return state == ProtectionState.ACTIVE || state == ProtectionState.OFF;
        }
    }

    /** Judges the facts. */
    public static DomainProtection of(ProtectionFacts facts, Instant now) {
        return new DomainProtection(
                facts.domain(), judgeMxOrder(facts), judgePrimary(facts), judgeWitnesses(facts, now), judgeSpf(facts));
    }

    /** All protections by their {@link #NAMES}, always in the same order. */
    public Map<String, Protection> byName() {
        Map<String, Protection> all = new LinkedHashMap<>();
        all.put(MX_ORDER, mxOrder);
        all.put(REAL_MX, primary);
        all.put(WITNESSES, witnesses);
        all.put(SPF, spf);
        return all;
    }

    /** The names of the protections of some kind. */
    public List<String> names(Predicate<Protection> kind) {
        return byName().entrySet().stream()
                .filter(entry -> kind.test(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The protections that do not suffice, likewise. */
    public Map<String, Protection> lacking() {
        Map<String, Protection> lacking = byName();
        lacking.values().removeIf(Protection::suffices);
        return lacking;
    }

    /** What is lacking, and what to do about it: one line. */
    public String lackingWords() {
        return lacking().values().stream().map(Protection::words).collect(Collectors.joining("; "));
    }

    /** Whether nothing is missing. */
    public boolean isComplete() {
        return lacking().isEmpty();
    }

    private static Protection judgeMxOrder(ProtectionFacts facts) {
        String detail = facts.mxDetail().isEmpty() ? "" : " (" + facts.mxDetail() + ")";
        return switch (facts.mxOrder()) {
            case WORST -> new Protection(ProtectionState.ACTIVE, "the decoy is its worst MX");
            case WRONG ->
                new Protection(
                        ProtectionState.MISSING,
                        "the decoy is not its worst MX behind a better one" + detail + ", so nothing counts: correct"
                                + " the MX records, or decoy.hostname and decoy.policy.decoy-hosts");
            case UNKNOWN ->
                new Protection(
                        ProtectionState.PENDING,
                        "its MX records are not known" + detail + ", so nothing counts: DNS must answer, see"
                                + " decoy.exempt.name-servers");
            case NOT_CHECKED ->
                new Protection(ProtectionState.OFF, "the MX order is not checked: decoy.policy.require-mx=false");
        };
    }

    private static Protection judgePrimary(ProtectionFacts facts) {
        List<PrimaryFact> hosts = facts.hosts();
        if (hosts.isEmpty()) {
            String correct = facts.mxOrder() == MxPosition.NOT_CHECKED ? "" : "correct its MX records, or ";
            return new Protection(
                    facts.mxOrder() == MxPosition.UNKNOWN ? ProtectionState.PENDING : ProtectionState.MISSING,
                    "no real MX is known, so an outage of it is not noticed: " + correct + "set decoy.primary.hosts");
        }
        String down = names(hosts, host -> host.isKnown() && !host.isUp());
        if (!down.isEmpty()) {
            return new Protection(
                    ProtectionState.MISSING,
                    "the real MX " + down + " is down, so nothing counts: see primary up in /q/health");
        }
        String unknown = names(hosts, host -> !host.isKnown());
        return unknown.isEmpty()
                ? new Protection(ProtectionState.ACTIVE, "the real MX " + names(hosts, host -> true) + " is up")
                : new Protection(
                        ProtectionState.PENDING,
                        "the real MX " + unknown + " is not known to be up, so nothing counts: it is not probed yet, or"
                                + " defers the probe; see primary up in /q/health");
    }

    private static String names(List<PrimaryFact> hosts, Predicate<PrimaryFact> kind) {
        return PrintableText.join(
                hosts.stream().filter(kind).map(PrimaryFact::host).toList(), MAX_NAMES);
    }

    private static Protection judgeWitnesses(ProtectionFacts facts, Instant now) {
        long last = facts.reported().lastReportAt();
        if (last == Long.MIN_VALUE) {
            return new Protection(
                    ProtectionState.MISSING,
                    "its real MX has never reported who visits it, so senders are suspects at most and never rejected:"
                            + " install deploy/witness/postfix-policy or post-witnesses there");
        }
        if (last < now.minus(MAX_SILENCE).getEpochSecond()) {
            return new Protection(
                    ProtectionState.MISSING,
                    "its real MX has not reported who visits it since " + Instant.ofEpochSecond(last)
                            + ", so nobody is confirmed: look at the policy service or post-witnesses there");
        }
        return facts.coverage().isComplete(last, last)
                ? new Protection(ProtectionState.ACTIVE, "its real MX reports who visits it")
                : new Protection(
                        ProtectionState.MISSING,
                        "its real MX may report to other decoys of which this one hears nothing, or whose envelope key"
                                + " is another, so nobody is confirmed: see exchange in /q/health, and nodes in"
                                + " decoymx check");
    }

    private static Protection judgeSpf(ProtectionFacts facts) {
        if (facts.spfDomains() == 0) {
            return new Protection(ProtectionState.OFF, "decoy.exempt.spf-domains names no domains");
        }
        return facts.unknownSpfDomains().isEmpty()
                ? new Protection(ProtectionState.ACTIVE, "the SPF networks of large providers are known")
                : new Protection(
                        ProtectionState.PENDING,
                        "the SPF networks of " + PrintableText.join(facts.unknownSpfDomains(), MAX_NAMES)
                                + " are not known: DNS must answer, see exempt domains found in /q/health");
    }
}
