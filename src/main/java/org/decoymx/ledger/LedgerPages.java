package org.decoymx.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/** Reads records from disk in pages, with all that is known of the senders. Not thread-safe. */
final class LedgerPages {
    private final DatabaseConnection connection;
    private final NodeTable nodes;
    private final TrustTable trust;

    LedgerPages(DatabaseConnection connection, NodeTable nodes, TrustTable trust) {
        this.connection = connection;
        this.nodes = nodes;
        this.trust = trust;
    }

    /** See {@link SharedLedger#readOwn}. */
    List<LedgerRecord> readOwn(SharedLedger.Cursor after, int max) throws StorageException {
        return readStates(
                " AND (version, origin) > (?, ?) ORDER BY version, origin LIMIT ?",
                after.version(),
                after.origin(),
                max);
    }

    /** See {@link SharedLedger#readOwnByOrigin}. */
    List<LedgerRecord> readOwnByOrigin(@Nullable IpPrefix after, int max) throws StorageException {
        return readStates(" AND origin > ? ORDER BY origin LIMIT ?", after == null ? "" : after.toString(), max);
    }

    private List<LedgerRecord> readStates(String condition, Object... parameters) throws StorageException {
        List<LedgerRecord> states = new ArrayList<>();
        String keyId = trust.envelopeKey().map(EnvelopeKey::id).orElse("");
        connection.query(
                SenderRowMapper.selectOwn(nodes.ownId()) + condition,
                row -> {
                    byte[] own = SenderRowMapper.readOwnTrust(row);
                    ExportedTrust state = own == null ? null : new ExportedTrust(TrustState.decode(own), keyId);
                    SenderCounts counts = SenderRowMapper.readCounts(row, nodes, connection);
                    states.add(new LedgerRecord(counts, SenderRowMapper.readEvidence(row), state, null));
                },
                parameters);
        return states;
    }

    /**
     * Reads a page of records for an export, in the text order of their origins.
     *
     * @param after the last record of the previous page; null for the first page
     * @param max maximum number of records
     */
    List<LedgerRecord> readPage(@Nullable SenderCounts after, int max) throws StorageException {
        Set<IpPrefix> told = new HashSet<>();
        if (after != null) {
            told.add(after.origin());
        }
        String keyId = trust.envelopeKey().map(EnvelopeKey::id).orElse("");
        List<LedgerRecord> page = new ArrayList<>();
        connection.query(
                SenderRowMapper.selectPage(nodes.ownId()),
                row -> page.add(readExported(row, told, keyId)),
                after == null ? "" : after.origin().toString(),
                after == null ? 0 : nodes.getOrInsertId(after.node()),
                max);
        return withDecisions(page, after);
    }

    /**
     * A record with what its node knows of trust. What the own node knows of a sender that only others have counted is
     * added to the first of these, without the version, as it is not what that node knows.
     */
    private LedgerRecord readExported(ResultSet row, Set<IpPrefix> told, String keyId)
            throws SQLException, StorageException {
        SenderCounts counts = SenderRowMapper.readCounts(row, nodes, connection);
        boolean first = told.add(counts.origin());
        byte[] remote = SenderRowMapper.readRemoteTrust(row);
        byte[] own = SenderRowMapper.readOwnTrust(row);
        byte[] state = remote == null ? own : remote;
        boolean borrowed = remote == null && own != null && !counts.node().equals(nodes.own());
        if (keyId.isEmpty() || state == null || borrowed && !first) {
            return new LedgerRecord(counts, SenderRowMapper.readEvidence(row));
        }
        return new LedgerRecord(
                borrowed ? counts.withVersion(0) : counts,
                SenderRowMapper.readEvidence(row),
                ExportedTrust.of(TrustState.decode(state), keyId),
                null);
    }

    /** Adds the decision by hand to the first record of each sender. */
    private List<LedgerRecord> withDecisions(List<LedgerRecord> page, @Nullable SenderCounts after)
            throws StorageException {
        if (page.isEmpty()) {
            return page;
        }
        Map<IpPrefix, ManualDecision> decisions = trust.manual()
                .loadRange(page.get(0).origin(), page.get(page.size() - 1).origin());
        if (after != null) {
            decisions.remove(after.origin());
        }
        return page.stream()
                .map(read ->
                        new LedgerRecord(read.counts(), read.evidence(), read.trust(), decisions.remove(read.origin())))
                .toList();
    }
}
