package org.decoymx.exchange;

import java.time.Duration;
import java.util.regex.Pattern;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.PrimaryReport;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;

/**
 * What primaries report, as the values of records: a {@link CborArray} of the kind, the time, whether the node shares
 * what it knows of senders, the {@link org.decoymx.sighting.EnvelopeKey#id}, the hashes of the recipient and of the
 * envelope, the result, and whether the reverse-path is {@code <>}. The key is a {@link StateKey}. Times are those of
 * the brokers.
 */
final class WitnessCodec {
    private static final int ELEMENTS = 8;
    private static final int MAX_KEY_ID = 16;
    private static final Pattern KEY_ID = Pattern.compile("[0-9a-f]{16}");
    /** How far the times of a node may be ahead of the clock of the brokers. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(10);
    /** A log may be reported as late as {@link org.decoymx.policy.PrimaryVisits#retention}; this is some more. */
    private static final Duration MAX_AGE = Duration.ofDays(10);

    private WitnessCodec() {}

    private enum Kind {
        SEEN,
        LISTED_SEEN,
        ACCEPTED,
        ATTEMPT,
        ENVELOPE
    }

    /**
     * A report with what the reader must know of the node that got it.
     *
     * @param sharesStates whether the node has recorded the report for all senders, and shares that
     * @param envelopeKey the id of the key of the hashes
     */
    record Witness(PrimaryReport report, boolean sharesStates, String envelopeKey) {}

    /**
     * The value of a report.
     *
     * @param ahead how many seconds the clock of this node is ahead of that of the brokers
     */
    static byte[] encode(Witness witness, long ahead) {
        PrimaryReport report = witness.report();
        return CborArray.write(ELEMENTS, out -> {
            out.writeString(kind(report).name());
            out.writeNumber(Math.max(0, report.at() - ahead));
            out.writeBoolean(witness.sharesStates());
            out.writeString(witness.envelopeKey());
            if (report instanceof PrimaryAttempt attempt) {
                out.writeNumber(attempt.recipient());
                out.writeNumber(attempt.envelope());
                out.writeString(attempt.result() == null ? "" : attempt.result().name());
                out.writeBoolean(false);
            } else if (report instanceof TrustVisit visit) {
                out.writeNumber(0);
                out.writeNumber(visit.envelope());
                out.writeString(visit.result().name());
                out.writeBoolean(visit.nullReversePath());
            } else {
                out.writeNumber(0);
                out.writeNumber(0);
                out.writeString("");
                out.writeBoolean(false);
            }
        });
    }

    private static Kind kind(PrimaryReport report) {
        if (report instanceof PrimaryReport.Seen seen) {
            return seen.listed() ? Kind.LISTED_SEEN : Kind.SEEN;
        }
        if (report instanceof PrimaryReport.Accepted) {
            return Kind.ACCEPTED;
        }
        return report instanceof PrimaryAttempt ? Kind.ATTEMPT : Kind.ENVELOPE;
    }

    /**
     * Reads a report. No time in it is later than when the brokers received it.
     *
     * @param client of whom it is
     * @param timestamp when the brokers received it, in milliseconds since 1970
     * @param ahead as for {@link #encode}
     * @throws PoisonException if no node writes such a value
     */
    static Witness decode(IpPrefix client, byte[] value, long timestamp, long ahead) throws PoisonException {
        long received = Math.floorDiv(timestamp, 1_000);
        return CborArray.read(value, in -> {
            Kind kind = in.constant("kind", Kind.class);
            long sent = in.number(
                    "at", Math.max(0, received - MAX_AGE.toSeconds()), received + CLOCK_TOLERANCE.toSeconds());
            long at = Math.min(sent, received) + ahead;
            boolean sharesStates = in.bool("sharesStates");
            String envelopeKey = in.text("envelopeKey", MAX_KEY_ID);
            long recipient = in.number("recipient", Long.MIN_VALUE, Long.MAX_VALUE);
            long envelope = in.number("envelope", Long.MIN_VALUE, Long.MAX_VALUE);
            String result = in.text("result", CborArray.MAX_OCTETS);
            boolean nullReversePath = in.bool("nullReversePath");
            if (!KEY_ID.matcher(envelopeKey).matches()) {
                throw new PoisonException("envelopeKey: must be 16 hexadecimal digits");
            }
            PrimaryReport report =
                    switch (kind) {
                        case SEEN -> new PrimaryReport.Seen(client, at, false);
                        case LISTED_SEEN -> new PrimaryReport.Seen(client, at, true);
                        case ACCEPTED -> new PrimaryReport.Accepted(client, at);
                        case ATTEMPT ->
                            new PrimaryAttempt(
                                    client, at, recipient, envelope, result.isEmpty() ? null : result(result));
                        case ENVELOPE -> new TrustVisit(client, at, envelope, nullReversePath, result(result), false);
                    };
            return new Witness(report, sharesStates, envelopeKey);
        });
    }

    private static VisitResult result(String name) throws PoisonException {
        for (VisitResult result : VisitResult.values()) {
            if (result.name().equals(name)) {
                return result;
            }
        }
        throw new PoisonException("result: is unknown");
    }
}
