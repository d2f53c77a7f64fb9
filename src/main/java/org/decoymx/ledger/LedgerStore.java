package org.decoymx.ledger;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SkipReason;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.DatabaseFormat;
import org.decoymx.store.StorageException;

/**
 * The open database of the ledger, with the tables {@code sender}, {@code trust}, {@code manual} and {@code hour}. When
 * {@link #commit} returns, the records are on disk. Not thread-safe. After an exception the store must be closed.
 */
final class LedgerStore implements AutoCloseable {
    private static final int PAGE_SIZE_OCTETS = 2_048;
    private static final int CACHE_KIB = 8_192;
    private static final int CHECKPOINT_PAGES = 16_384;
    private static final int SPARE_PAGES = 500;

    static final DatabaseFormat FORMAT = new DatabaseFormat(
            "ledger",
            6,
            0x64636d78, // "dcmx"
            true,
            PAGE_SIZE_OCTETS,
            List.of("PRAGMA auto_vacuum = INCREMENTAL"),
            List.of(
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA synchronous = FULL",
                    "PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES,
                    "PRAGMA journal_size_limit = " + (long) CHECKPOINT_PAGES * PAGE_SIZE_OCTETS,
                    "PRAGMA cache_size = " + -CACHE_KIB));

    private final DatabaseConnection connection;
    private final NodeTable nodes;
    private final TrustTable trust;
    private final ExchangeTable exchange;
    private final LedgerPages pages;

    /** Reads the nodes. */
    LedgerStore(DatabaseConnection connection) throws StorageException {
        this.connection = connection;
        nodes = new NodeTable(connection);
        trust = new TrustTable(connection);
        exchange = new ExchangeTable(connection, nodes, trust);
        pages = new LedgerPages(connection, nodes, trust);
    }

    /**
     * Prepares the database for writing, in one transaction.
     *
     * @param newNode the own node of a new file
     */
    void claim(Node newNode) throws StorageException {
        connection.transaction(() -> {
            nodes.claimOwn(newNode);
            nameSkipReasons();
        });
    }

    /** Adds the names that the view shows and an older file does not have yet. */
    private void nameSkipReasons() throws StorageException {
        List<SkipReason> reasons = EnumBitSet.SKIP_REASONS.constants();
        for (int bit = 0; bit < reasons.size(); bit++) {
            connection.execute("INSERT OR IGNORE INTO waiver (bit, name) VALUES (" + (1 << bit) + ", '"
                    + reasons.get(bit).name() + "')");
        }
    }

    /**
     * The node of the decoy that owns this file.
     *
     * @throws StorageException if the file has no own node
     */
    Node ownNode() throws StorageException {
        return nodes.own();
    }

    /** About half of all records, by the first character of their origins. */
    enum OriginRange {
        LOWER("origin < '2'"),
        UPPER("origin >= '2'");

        private final String condition;

        OriginRange(String condition) {
            this.condition = condition;
        }
    }

    /** Reads all records of a range. */
    void load(OriginRange range, Consumer<SenderCounts> each) throws StorageException {
        String select = exchange.exists() ? SenderRowMapper.SELECT_WHERE : SenderRowMapper.SELECT_UNVERSIONED_WHERE;
        connection.query(
                select + range.condition, row -> each.accept(SenderRowMapper.readCounts(row, nodes, connection)));
    }

    /** Throws if this is not the number of all records. */
    void checkCount(long loaded) throws StorageException {
        int stored = connection.queryInt("SELECT count(*) FROM sender");
        if (stored != loaded) {
            throw connection.corrupt(loaded + " of " + stored + " senders can be found");
        }
    }

    /**
     * Inserts or replaces records in one transaction. On return they are on disk.
     *
     * @param records a record without evidence keeps the evidence on disk
     * @throws StorageException if nothing was written
     */
    void commit(Iterator<LedgerRecord> records) throws StorageException {
        commit(records, TrustTable.TrustWrites.NONE);
    }

    /**
     * Writes all that is in memory, in one transaction. What other nodes know of trust is not; without a version, their
     * records are replaced as soon as they are read again, for which no positions may be written until the next start.
     */
    void writeAll(SenderIndex index, TrustPersistence trustStates, LedgerVersions versions) throws StorageException {
        Node own = ownNode();
        connection.transaction(() -> {
            commit(index.stream()
                    .map(counts -> counts.node().equals(own) ? counts : counts.withVersion(0))
                    .map(counts -> new LedgerRecord(counts, null))
                    .iterator());
            trustStates.copyTo(trust);
            trust.write(versions.all());
        });
    }

    /** Like {@link #commit(Iterator)}, with trust states in the same transaction. */
    void commit(Iterator<LedgerRecord> records, TrustTable.TrustWrites trustWrites) throws StorageException {
        connection.transaction(() -> {
            connection.update(
                    SenderRowMapper.UPSERT,
                    records,
                    (upsert, ledgerRecord) ->
                            SenderRowMapper.bind(upsert, nodes.getOrInsertId(ledgerRecord.node()), ledgerRecord));
            trust.write(trustWrites);
        });
    }

    /** Writes records of nodes in one transaction with how far they are read. */
    void merge(Collection<LedgerRecord> records, TrustTable.TrustWrites writes, Collection<SharedPosition> positions)
            throws StorageException {
        connection.transaction(() -> {
            commit(records.iterator(), writes);
            exchange.writePositions(positions);
        });
    }

    /** What the exchange with other nodes needs. */
    ExchangeTable exchange() {
        return exchange;
    }

    /** Reads records in pages. */
    LedgerPages pages() {
        return pages;
    }

    /** The trust states. */
    TrustTable trust() {
        return trust;
    }

    /** The evidence of each node about a sender. */
    Map<Node, SessionEvidence> readEvidence(IpPrefix origin) throws StorageException {
        Map<Node, SessionEvidence> evidence = new LinkedHashMap<>();
        connection.query(
                SenderRowMapper.SELECT_BY_ORIGIN,
                row -> {
                    SessionEvidence found = SenderRowMapper.readEvidence(row);
                    if (found != null) {
                        SenderCounts counts = SenderRowMapper.readCounts(row, nodes, connection);
                        evidence.put(counts.node(), found);
                    }
                },
                origin.toString());
        return evidence;
    }

    /** Deletes records. */
    void delete(Collection<SenderCounts> countsList) throws StorageException {
        connection.transaction(
                () -> connection.update(SenderRowMapper.DELETE, countsList.iterator(), (delete, counts) -> {
                    delete.setString(1, counts.origin().toString());
                    delete.setInt(2, nodes.getOrInsertId(counts.node()));
                }));
    }

    /**
     * Returns unused pages to the file system.
     *
     * @param max maximum number of pages
     */
    void shrink(int max) throws StorageException {
        if (connection.queryInt("PRAGMA freelist_count") > SPARE_PAGES) {
            connection.execute("PRAGMA incremental_vacuum(" + max + ")");
        }
    }

    /** Reads the whole file; throws if it is damaged. */
    void check() throws StorageException {
        connection.checkFile();
    }

    @Override
    public void close() {
        connection.close();
    }
}
