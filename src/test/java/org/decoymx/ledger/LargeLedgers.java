package org.decoymx.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;

/** Ledgers of very many senders. */
public final class LargeLedgers {
    static final Node NODE = new Node("bench");
    static final Duration TTL = Duration.ofHours(24);
    private static final long LOWEST = 0x0100_0000L;
    private static final long HIGHEST = 0xdfff_ffffL;

    private LargeLedgers() {}

    /** Spread evenly over what there is of IPv4, in its order. */
    static Origin origin(int i, int of) {
        return new Origin(false, LOWEST + (HIGHEST - LOWEST) / of * i);
    }

    private static LedgerRecord ledgerRecord(int i, int of, long lastSeen, int listedOneIn) {
        SenderScore score = i % listedOneIn == 0
                ? new SenderScore(10, lastSeen, 1, lastSeen, lastSeen + TTL.toSeconds(), 8)
                : SenderScore.NONE;
        SenderCounts tally = new SenderCounts(NODE, origin(i, of), lastSeen - 1_000, lastSeen, 3, 1, 0x801, 0, score);
        return new LedgerRecord(
                tally, new SessionEvidence("mail.example.net", "example.com", Verb.DATA, true, Outcome.LEFT, 3));
    }

    /**
     * Writes the ledger of a decoy with protected domains.
     *
     * @param dir what its decoy.ledger.dir is to be
     * @param listedOneIn 1 when all are listed, 10 for a tenth
     */
    public static Path writeDecoyLedger(Path dir, int senders, int listedOneIn) {
        try {
            return writeLedger(dir, senders, Clock.systemUTC().instant(), listedOneIn);
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    static Path writeLedger(Path dir, int senders, Instant lastSeen, int listedOneIn) throws StorageException {
        Path file = dir.resolve("ledger.db");
        LedgerDatabase ledger = new LedgerDatabase(file, Clock.systemUTC());
        try (LedgerStore store = ledger.open(NODE)) {
            store.commit(IntStream.range(0, senders)
                    .mapToObj(i -> ledgerRecord(i, senders, lastSeen.getEpochSecond(), listedOneIn))
                    .iterator());
        }
        ledger.release();
        return file;
    }
}
