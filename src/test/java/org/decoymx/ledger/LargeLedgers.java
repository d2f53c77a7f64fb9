package org.decoymx.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SenderScore;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.Database;
import org.decoymx.store.StorageException;

/** Creates ledgers with many senders. */
public final class LargeLedgers {
    static final Node NODE = new Node("bench");
    static final Duration TTL = Duration.ofHours(24);
    private static final long MIN_ADDRESS = 0x0100_0000L;
    private static final long MAX_ADDRESS = 0xdfff_ffffL;

    private LargeLedgers() {}

    /** Spreads the senders evenly over the IPv4 unicast addresses, in ascending order. */
    static IpPrefix origin(int i, int total) {
        return IpPrefix.ofBits(false, MIN_ADDRESS + (MAX_ADDRESS - MIN_ADDRESS) / total * i);
    }

    private static LedgerRecord ledgerRecord(int i, int total, long lastSeen, int listedOneIn) {
        SenderScore score = i % listedOneIn == 0
                ? new SenderScore(10, lastSeen, 1, lastSeen, lastSeen + TTL.toSeconds(), 8)
                : SenderScore.NONE;
        SenderCounts counts =
                new SenderCounts(NODE, origin(i, total), lastSeen - 1_000, lastSeen, 3, 1, 0x801, 0, score);
        return new LedgerRecord(
                counts, new SessionEvidence("mail.example.net", "example.com", Verb.DATA, true, Outcome.LEFT, 3));
    }

    /**
     * Writes the ledger of a decoy with protected domains.
     *
     * @param dir the value of decoy.ledger.dir
     * @param listedOneIn 1 if all senders are listed, 10 for a tenth
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
        Database database = new Database(file, LedgerStore.FORMAT, Clock.systemUTC());
        try (LedgerStore store = LedgerFixtures.openStore(database, NODE)) {
            store.commit(IntStream.range(0, senders)
                    .mapToObj(i -> ledgerRecord(i, senders, lastSeen.getEpochSecond(), listedOneIn))
                    .iterator());
        }
        database.release();
        return file;
    }
}
