package org.decoymx.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.DatabaseFormat;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

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
            5,
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

    /** Reads the nodes. */
    LedgerStore(DatabaseConnection connection) throws StorageException {
        this.connection = connection;
        nodes = new NodeTable(connection);
        trust = new TrustTable(connection);
    }

    /**
     * Prepares the database for writing.
     *
     * @param newNode the own node of a new file
     */
    static LedgerStore claim(DatabaseConnection connection, Node newNode) throws StorageException {
        LedgerStore store = new LedgerStore(connection);
        store.nodes.claimOwn(newNode);
        store.nameSkipReasons();
        return store;
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
        connection.query(SenderRowMapper.SELECT_WHERE + range.condition, row -> each.accept(readCounts(row)));
    }

    /** Throws if this is not the number of all records. */
    void checkCount(long loaded) throws StorageException {
        int stored = connection.queryInt("SELECT count(*) FROM sender");
        if (stored != loaded) {
            throw connection.corrupt(loaded + " of " + stored + " senders can be found");
        }
    }

    private SenderCounts readCounts(ResultSet row) throws SQLException, StorageException {
        long nodeAndTraits = SenderRowMapper.readNodeAndTraits(row);
        Node node = nodes.find(SenderRowMapper.nodeId(nodeAndTraits));
        Optional<IpPrefix> origin = IpText.parsePrintedHostNetwork(SenderRowMapper.readOrigin(row));
        if (node == null || origin.isEmpty()) {
            throw connection.corrupt("invalid sender");
        }
        return SenderRowMapper.readCounts(row, node, origin.get(), nodeAndTraits);
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

    /** Writes all that is in memory, in one transaction. */
    void writeAll(SenderIndex index, TrustPersistence trustStates) throws StorageException {
        connection.transaction(() -> {
            commit(index.stream().map(counts -> new LedgerRecord(counts, null)).iterator());
            trustStates.copyTo(trust);
        });
    }

    /** Like {@link #commit(Iterator)}, with trust states in the same transaction. */
    void commit(Iterator<LedgerRecord> records, TrustTable.TrustWrites trustWrites) throws StorageException {
        connection.transaction(() -> {
            connection.update(
                    SenderRowMapper.UPSERT,
                    records,
                    (upsert, ledgerRecord) -> SenderRowMapper.bind(
                            upsert, nodes.getOrInsertId(ledgerRecord.counts().node()), ledgerRecord));
            trust.write(trustWrites);
        });
    }

    /** The trust states. */
    TrustTable trust() {
        return trust;
    }

    /**
     * Reads a page of records with their evidence, in the text order of their origins.
     *
     * @param after the last record of the previous page; null for the first page
     * @param max maximum number of records
     */
    List<LedgerRecord> readPage(@Nullable SenderCounts after, int max) throws StorageException {
        List<LedgerRecord> page = new ArrayList<>();
        connection.query(
                SenderRowMapper.SELECT_PAGE,
                row -> page.add(new LedgerRecord(readCounts(row), SenderRowMapper.readEvidence(row))),
                after == null ? "" : after.origin().toString(),
                after == null ? 0 : nodes.getOrInsertId(after.node()),
                max);
        return withTrust(page, after);
    }

    /** Adds the trust state and the decision by hand to the first record of each sender, whichever node it is of. */
    private List<LedgerRecord> withTrust(List<LedgerRecord> page, @Nullable SenderCounts after)
            throws StorageException {
        Optional<EnvelopeKey> key = trust.envelopeKey();
        if (page.isEmpty() || key.isEmpty()) {
            return page;
        }
        String keyId = key.get().id();
        IpPrefix first = page.get(0).counts().origin();
        IpPrefix last = page.get(page.size() - 1).counts().origin();
        Map<IpPrefix, TrustState> states = trust.loadRange(first, last);
        Map<IpPrefix, ManualDecision> decisions = trust.manual().loadRange(first, last);
        Set<IpPrefix> told = new HashSet<>();
        if (after != null) {
            told.add(after.origin());
        }
        return page.stream()
                .map(read -> told.add(read.counts().origin())
                        ? new LedgerRecord(
                                read.counts(),
                                read.evidence(),
                                ExportedTrust.of(states.get(read.counts().origin()), keyId),
                                decisions.get(read.counts().origin()))
                        : read)
                .toList();
    }

    /** The evidence of each node about a sender. */
    Map<Node, SessionEvidence> readEvidence(IpPrefix origin) throws StorageException {
        Map<Node, SessionEvidence> evidence = new LinkedHashMap<>();
        connection.query(
                SenderRowMapper.SELECT_BY_ORIGIN,
                row -> {
                    SessionEvidence found = SenderRowMapper.readEvidence(row);
                    if (found != null) {
                        evidence.put(readCounts(row).node(), found);
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
