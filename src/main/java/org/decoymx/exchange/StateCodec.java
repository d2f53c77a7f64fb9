package org.decoymx.exchange;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.decoymx.ledger.ExportedTrust;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.SenderCounts;
import org.decoymx.ledger.SessionEvidence;
import org.decoymx.policy.EnvelopeMemory;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;

/**
 * States as the values of records: a {@link CborArray} of the version, the other components of {@link SenderCounts}
 * but the node and the origin, which are the {@link StateKey}, the evidence as an array or null, and the trust state in
 * its compact form or null, with the id of its key. Points are multiples of 1/256. Times are those of the brokers.
 */
final class StateCodec {
    private static final int ELEMENTS = 16;
    private static final int POINT_PARTS = 256;
    private static final long MAX_COUNT = 0xffff_ffffL;
    private static final Pattern KEY_ID = Pattern.compile("|[0-9a-f]{16}");
    private static final int MAX_KEY_ID = 16;
    private static final int EVIDENCE_ELEMENTS = 6;

    /** How far the times of a node may be ahead of the clock of the brokers. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

    private static final Duration MAX_LISTING = Duration.ofDays(3_650);

    private final boolean withEvidence;

    /**
     * @param withEvidence whether evidence is written
     */
    StateCodec(boolean withEvidence) {
        this.withEvidence = withEvidence;
    }

    /** The value of a state. */
    byte[] encode(LedgerRecord state) {
        SenderCounts counts = state.counts();
        SenderScore score = counts.score();
        return CborArray.write(ELEMENTS, out -> {
            out.writeNumber(counts.version());
            out.writeNumber(counts.firstSeen());
            out.writeNumber(counts.lastSeen());
            out.writeNumber(counts.sessions());
            out.writeNumber(counts.conversations());
            out.writeNumber(counts.traits());
            out.writeNumber(counts.skipReasons());
            out.writeNumber((int) Math.min(Integer.MAX_VALUE, Math.round(score.points() * POINT_PARTS)));
            out.writeNumber(score.scoredAt());
            out.writeNumber(score.offences());
            out.writeNumber(score.listedSince());
            out.writeNumber(score.listedUntil());
            out.writeNumber(Integer.toUnsignedLong(score.peaks()));
            writeEvidence(out, withEvidence ? state.evidence() : null);
            writeTrust(out, state.trust());
        });
    }

    private static void writeEvidence(CBORGenerator out, @Nullable SessionEvidence evidence) throws IOException {
        if (evidence == null) {
            out.writeNull();
            return;
        }
        out.writeStartArray(null, EVIDENCE_ELEMENTS);
        out.writeString(evidence.helo());
        out.writeString(evidence.senderDomain());
        out.writeString(evidence.deepest().name());
        out.writeBoolean(evidence.tls());
        out.writeString(evidence.ended().name());
        out.writeNumber(evidence.recipients());
        out.writeEndArray();
    }

    private static void writeTrust(CBORGenerator out, @Nullable ExportedTrust trust) throws IOException {
        if (trust == null) {
            out.writeNull();
            out.writeString("");
        } else {
            out.writeBinary(trust.state().encode());
            out.writeString(trust.keyId());
        }
    }

    /**
     * Reads a state.
     *
     * @param timestamp when the brokers received it, in milliseconds since 1970; later times in it, and
     *     versions that no node can have reached by then, are refused
     * @throws PoisonException if no node writes such a value
     */
    static LedgerRecord decode(StateKey key, byte[] value, long timestamp) throws PoisonException {
        long received = Math.floorDiv(timestamp, 1_000);
        return CborArray.read(
                value,
                in -> read(
                        key,
                        in,
                        LedgerRecord.maxVersion(timestamp),
                        received + CLOCK_TOLERANCE.toSeconds(),
                        received + MAX_LISTING.toSeconds()));
    }

    private static LedgerRecord read(StateKey key, CborArray in, long maxVersion, long latest, long latestEnd)
            throws IOException, PoisonException {
        long version = in.number("version", 1, maxVersion);
        long firstSeen = in.number("firstSeen", 0, latest);
        long lastSeen = in.number("lastSeen", firstSeen, latest);
        long sessions = in.number("sessions", 0, MAX_COUNT);
        long conversations = in.number("conversations", 0, sessions);
        int traits = (int) in.number("traits", 0, Integer.MAX_VALUE);
        int skipReasons = (int) in.number("skipReasons", 0, Integer.MAX_VALUE);
        SenderScore score = readScore(in, latest, latestEnd);
        @Nullable SessionEvidence evidence = readEvidence(in);
        @Nullable TrustState trust = readTrust(in, latest, latestEnd);
        String keyId = readKeyId(in);
        SenderCounts counts = new SenderCounts(
                key.node(),
                key.origin(),
                firstSeen,
                lastSeen,
                sessions,
                conversations,
                traits,
                skipReasons,
                score,
                version);
        return new LedgerRecord(counts, evidence, trust == null ? null : new ExportedTrust(trust, keyId), null);
    }

    private static SenderScore readScore(CborArray in, long latest, long latestEnd)
            throws IOException, PoisonException {
        return new SenderScore(
                (double) in.number("points", 0, Integer.MAX_VALUE) / POINT_PARTS,
                in.number("scoredAt", 0, latest),
                (int) in.number("offences", 0, Integer.MAX_VALUE),
                in.number("listedSince", 0, latest),
                in.number("listedUntil", 0, latestEnd),
                (int) in.number("peaks", 0, MAX_COUNT));
    }

    private static @Nullable SessionEvidence readEvidence(CborArray in) throws IOException, PoisonException {
        if (!in.startNested("evidence")) {
            return null;
        }
        SessionEvidence evidence = new SessionEvidence(
                in.ascii("helo", SessionEvidence.MAX_TEXT),
                in.ascii("senderDomain", SessionEvidence.MAX_TEXT),
                in.constant("deepest", Verb.class),
                in.bool("tls"),
                in.constant("ended", Outcome.class),
                (int) in.number("recipients", 0, Integer.MAX_VALUE));
        in.endNested();
        return evidence;
    }

    private static @Nullable TrustState readTrust(CborArray in, long latest, long latestEnd)
            throws IOException, PoisonException {
        byte[] octets = in.octets("trust", TrustState.MAX_OCTETS);
        if (octets.length == 0) {
            return null;
        }
        TrustState state = TrustState.decode(octets);
        long began = Math.max(
                Math.max(state.firstCaughtAt(), state.listing().since()),
                Math.max(state.proof().lastReturnAt(), state.proof().clearedSince()));
        long ends = Math.max(
                state.listing().until(),
                Math.max(state.proof().queueUntil(), state.proof().clearedUntil()));
        if (Math.max(began, Math.max(latestSeen(state.caught()), latestSeen(state.deferred()))) > latest
                || ends > latestEnd) {
            throw new PoisonException("trust: has times in the future");
        }
        return state;
    }

    private static long latestSeen(EnvelopeMemory memory) {
        return memory.entries().stream()
                .mapToLong(entry -> Math.max(entry.firstAt(), entry.lastAt()))
                .max()
                .orElse(0);
    }

    private static String readKeyId(CborArray in) throws IOException, PoisonException {
        String id = in.text("envelopeKey", MAX_KEY_ID);
        if (!KEY_ID.matcher(id).matches()) {
            throw new PoisonException("envelopeKey: must be 16 hexadecimal digits");
        }
        return id;
    }
}
