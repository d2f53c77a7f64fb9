package org.decoymx.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SkipReason;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object of a ledger record; the components are its fields. Times are ISO 8601 in UTC and omitted for never;
 * traits are names. The constructors throw {@link InvalidRecordException} if a field is missing or out of range, {@link
 * #toRecord} if a text does not mean what it must.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record LedgerLine(
        String node,
        String origin,
        String firstSeen,
        String lastSeen,
        Long sessions,
        Long conversations,
        @Nullable Double points,
        @Nullable String scoredAt,
        @Nullable Integer offences,
        @Nullable String listedSince,
        @Nullable String listedUntil,
        @Nullable Long peaks,
        @Nullable Set<Trait> traits,
        @Nullable Set<SkipReason> waivers,
        @Nullable EvidenceFields evidence,
        @Nullable String trust,
        @Nullable String envelopeKey,
        @Nullable ManualFields byHand,
        @Nullable Long version) {

    private static final long MAX_COUNT = 0xffff_ffffL;
    private static final long MAX_POINTS = 1_000_000_000;

    /** How far the clock of another node may be ahead. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

    private static final Duration MAX_LISTING = Duration.ofDays(3_650);

    LedgerLine {
        checkNotNull("node", node, String.class);
        checkNotNull("origin", origin, String.class);
        checkNotNull("lastSeen", lastSeen, String.class);
        checkNotNull("firstSeen", firstSeen, String.class);
        checkCount("sessions", sessions, MAX_COUNT);
        checkCount("conversations", conversations, sessions);
        if (points != null && !(points >= 0 && points <= MAX_POINTS)) {
            throw new InvalidRecordException("points: must be " + allowedValues(Double.class));
        }
        checkCount("offences", offences == null ? 0 : offences.longValue(), Integer.MAX_VALUE);
        checkCount("peaks", peaks == null ? 0 : peaks, MAX_COUNT);
    }

    /** The evidence of the latest session. */
    record EvidenceFields(
            String helo, String senderDomain, Verb deepest, Boolean tls, Outcome ended, Integer recipients) {
        private static final int FIRST_PRINTABLE = 0x20;
        private static final int LAST_PRINTABLE = 0x7e;

        EvidenceFields {
            checkText("helo", helo);
            checkText("senderDomain", senderDomain);
            checkNotNull("deepest", deepest, Verb.class);
            checkNotNull("tls", tls, Boolean.class);
            checkNotNull("ended", ended, Outcome.class);
            checkCount("recipients", recipients == null ? null : recipients.longValue(), Integer.MAX_VALUE);
        }

        private static void checkText(String field, String text) {
            checkNotNull(field, text, String.class);
            if (text.length() > SessionEvidence.MAX_TEXT || !isPrintable(text)) {
                throw new InvalidRecordException(
                        field + ": must have at most " + SessionEvidence.MAX_TEXT + " printable ASCII characters");
            }
        }

        static boolean isPrintable(String text) {
            return text.chars().allMatch(c -> c >= FIRST_PRINTABLE && c <= LAST_PRINTABLE);
        }

        /** Null if the evidence is not valid, because the file is damaged: an import would refuse the line. */
        static @Nullable EvidenceFields of(SessionEvidence evidence) {
            try {
                return new EvidenceFields(
                        evidence.helo(),
                        evidence.senderDomain(),
                        evidence.deepest(),
                        evidence.tls(),
                        evidence.ended(),
                        evidence.recipients());
            } catch (InvalidRecordException e) {
                return null;
            }
        }

        SessionEvidence toEvidence() {
            return new SessionEvidence(helo, senderDomain, deepest, tls, ended, recipients);
        }
    }

    static LedgerLine of(LedgerRecord ledgerRecord) {
        SenderCounts counts = ledgerRecord.counts();
        SenderScore score = counts.score();
        SessionEvidence evidence = ledgerRecord.evidence();
        ExportedTrust trust = ledgerRecord.trust();
        return new LedgerLine(
                counts.node().name(),
                counts.origin().toString(),
                formatTime(counts.firstSeen()),
                formatTime(counts.lastSeen()),
                counts.sessions(),
                counts.conversations(),
                score.points(),
                formatTimeUnlessZero(score.scoredAt()),
                score.offences(),
                formatTimeUnlessZero(score.listedSince()),
                formatTimeUnlessZero(score.listedUntil()),
                score.peaks() == 0 ? null : Integer.toUnsignedLong(score.peaks()),
                EnumBitSet.TRAITS.toSet(counts.traits()),
                counts.skipReasons() == 0 ? null : EnumBitSet.SKIP_REASONS.toSet(counts.skipReasons()),
                evidence == null ? null : EvidenceFields.of(evidence),
                trust == null ? null : trust.text(),
                trust == null ? null : trust.keyId(),
                ManualFields.of(ledgerRecord.manual()),
                counts.version() == 0 ? null : counts.version());
    }

    /**
     * The record.
     *
     * @param now the current time; a record with later times is rejected
     * @throws InvalidRecordException if a field has an impossible value
     */
    LedgerRecord toRecord(Instant now) {
        long latest = now.plus(CLOCK_TOLERANCE).getEpochSecond();
        long latestEnd = now.plus(MAX_LISTING).getEpochSecond();
        checkCount("version", version == null ? 0 : version, LedgerRecord.maxVersion(now.toEpochMilli()));
        long lastSeenSecond = parseTime("lastSeen", lastSeen, latest);
        SenderCounts counts = new SenderCounts(
                parseNode(node),
                parseOrigin(origin),
                parseTime("firstSeen", firstSeen, lastSeenSecond),
                lastSeenSecond,
                sessions,
                conversations,
                traits == null ? 0 : EnumBitSet.TRAITS.toBits(traits),
                waivers == null ? 0 : EnumBitSet.SKIP_REASONS.toBits(waivers),
                new SenderScore(
                        points == null ? 0 : points,
                        parseTimeOrZero("scoredAt", scoredAt, latest),
                        offences == null ? 0 : offences,
                        parseTimeOrZero("listedSince", listedSince, latest),
                        parseTimeOrZero("listedUntil", listedUntil, latestEnd),
                        peaks == null ? 0 : peaks.intValue()),
                version == null ? 0 : version);
        return new LedgerRecord(
                counts,
                evidence == null ? null : evidence.toEvidence(),
                ExportedTrust.parse(trust, envelopeKey, latestEnd),
                byHand == null ? null : byHand.toDecision(latest, latestEnd));
    }

    private static void checkNotNull(String field, @Nullable Object value, Class<?> type) {
        if (value == null) {
            throw new InvalidRecordException(field + ": must be " + allowedValues(type));
        }
    }

    /** Describes what a field of a type may contain, for messages. */
    static String allowedValues(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + Arrays.toString(type.getEnumConstants());
        }
        if (type == Long.class || type == long.class) {
            return "an integer from 0 to " + MAX_COUNT;
        }
        if (type == Integer.class || type == int.class) {
            return "an integer from 0 to " + Integer.MAX_VALUE;
        }
        if (type == Double.class) {
            return "a number from 0 to " + MAX_POINTS;
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        return type == String.class ? "a string" : "an array";
    }

    private static void checkCount(String field, @Nullable Long count, long max) {
        if (count == null || count < 0 || count > max) {
            throw new InvalidRecordException(field + ": must be an integer from 0 to " + max);
        }
    }

    private static String formatTime(long second) {
        return Instant.ofEpochSecond(second).toString();
    }

    private static @Nullable String formatTimeUnlessZero(long second) {
        return second == 0 ? null : formatTime(second);
    }

    private static long parseTimeOrZero(String field, @Nullable String text, long latest) {
        return text == null ? 0 : parseTime(field, text, latest);
    }

    private static long parseTime(String field, String text, long latest) {
        long second;
        try {
            second = Instant.parse(text).getEpochSecond();
        } catch (DateTimeException e) {
            throw new InvalidRecordException(field + ": must be a time (example: 2026-01-01T00:00:00Z)");
        }
        if (second < 0 || second > latest) {
            throw new InvalidRecordException(
                    field + ": must be from 1970-01-01T00:00:00Z to " + Instant.ofEpochSecond(latest));
        }
        return second;
    }

    private static Node parseNode(String name) {
        try {
            return new Node(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException("node: " + e.getMessage());
        }
    }

    /** Accepts only the canonical form of an origin, so that two texts never mean the same sender. */
    private static IpPrefix parseOrigin(String text) {
        return IpText.parsePrintedHostNetwork(text)
                .filter(origin -> origin.toString().equals(text))
                .orElseThrow(() -> new InvalidRecordException(
                        "origin: must be an address or an IPv6 /64 (examples: 192.0.2.1, 2001:db8::1, 2001:db8::/64)"));
    }
}
