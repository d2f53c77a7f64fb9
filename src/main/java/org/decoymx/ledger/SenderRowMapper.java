package org.decoymx.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.SenderScore;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/** Reads and writes rows of the table {@code sender}. */
final class SenderRowMapper {
    private static final int HIGH_SHIFT = 32;
    private static final long LOW_MASK = 0xffff_ffffL;
    private static final int TRAIT_BITS = 24;
    private static final long TRAIT_MASK = (1L << TRAIT_BITS) - 1;

    /** Points are read as multiples of 1/256. */
    private static final double POINTS_SCALE = 256;

    /** Packs two numbers into a column, because a call into SQLite costs more than reading the row. */
    private static final String COLUMNS = """
            origin, node << 32 | (waivers << 24) | traits, first_seen << 32 | last_seen, sessions << 32 | conversations,
            scored_at << 32 | offences, listed_since << 32 | listed_until,
            min(cast(points * 256 AS INTEGER), 0x7fffffff) << 32 | peaks, version""";

    static final String SELECT_WHERE = "SELECT " + COLUMNS + " FROM sender WHERE ";

    /** The same of a file without versions, which cannot be written. */
    static final String SELECT_UNVERSIONED_WHERE = SELECT_WHERE.replace(", version", ", 0");

    private static final String SELECT_WITH_EVIDENCE =
            "SELECT " + COLUMNS + ", helo, sender_domain, deepest, tls, ended, recipients FROM sender WHERE ";
    static final String SELECT_BY_ORIGIN = SELECT_WITH_EVIDENCE + "origin = ? ORDER BY node";
    private static final String OWN_TRUST = "(SELECT state FROM trust WHERE trust.origin = sender.origin) AS own_trust";

    static final String UPSERT = """
            INSERT INTO sender (
                origin, node, first_seen, last_seen, sessions, conversations, points, scored_at, offences, listed_since,
                listed_until, peaks, traits, waivers, helo, sender_domain, deepest, tls, ended, recipients, version,
                trust)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (origin, node) DO UPDATE SET
                first_seen = excluded.first_seen, last_seen = excluded.last_seen, sessions = excluded.sessions,
                conversations = excluded.conversations, points = excluded.points, scored_at = excluded.scored_at,
                offences = excluded.offences, listed_since = excluded.listed_since,
                listed_until = excluded.listed_until, peaks = excluded.peaks, traits = excluded.traits,
                waivers = excluded.waivers, helo = coalesce(excluded.helo, helo),
                sender_domain = coalesce(excluded.sender_domain, sender_domain),
                deepest = coalesce(excluded.deepest, deepest), tls = coalesce(excluded.tls, tls),
                ended = coalesce(excluded.ended, ended), recipients = coalesce(excluded.recipients, recipients),
                version = excluded.version, trust = excluded.trust""";

    static final String DELETE = "DELETE FROM sender WHERE origin = ? AND node = ?";

    private SenderRowMapper() {}

    /** Selects rows of the own node with its trust states; a further condition and the order must follow. */
    static String selectOwn(int ownId) {
        return SELECT_WITH_EVIDENCE.replace(" FROM ", ", " + OWN_TRUST + " FROM ") + "node = " + ownId;
    }

    /** Selects a page of rows with trust states. That of the own node is with its row, or with all if it has none. */
    static String selectPage(int ownId) {
        String own = OWN_TRUST.replace(
                ") AS",
                " AND (sender.node = " + ownId + " OR NOT EXISTS (SELECT 1 FROM sender own WHERE own.node = " + ownId
                        + " AND own.origin = trust.origin))) AS");
        return SELECT_WITH_EVIDENCE.replace(" FROM ", ", sender.trust AS remote_trust, " + own + " FROM ")
                + "(origin, node) > (?, ?) ORDER BY origin, node LIMIT ?";
    }

    /** Reads the counts of a row of any of these queries, with the numbers that an export may have. */
    static SenderCounts readCounts(ResultSet row, NodeTable nodes, DatabaseConnection connection)
            throws SQLException, StorageException {
        Optional<IpPrefix> origin = IpText.parsePrintedHostNetwork(row.getString(1));
        long nodeAndTraits = row.getLong(2);
        Node node = nodes.find((int) (nodeAndTraits >>> HIGH_SHIFT));
        if (node == null || origin.isEmpty()) {
            throw connection.corrupt("invalid sender");
        }
        long seen = row.getLong(3);
        long sessions = row.getLong(4);
        long scored = row.getLong(5);
        long listed = row.getLong(6);
        long points = row.getLong(7);
        return new SenderCounts(
                node,
                origin.get(),
                seen >>> HIGH_SHIFT,
                seen & LOW_MASK,
                sessions >>> HIGH_SHIFT,
                Math.min(sessions & LOW_MASK, sessions >>> HIGH_SHIFT),
                (int) (nodeAndTraits & TRAIT_MASK),
                (int) ((nodeAndTraits & LOW_MASK) >>> TRAIT_BITS),
                new SenderScore(
                        (points >>> HIGH_SHIFT) / POINTS_SCALE,
                        scored >>> HIGH_SHIFT,
                        (int) Math.min(scored & LOW_MASK, Integer.MAX_VALUE),
                        listed >>> HIGH_SHIFT,
                        listed & LOW_MASK,
                        (int) (points & LOW_MASK)),
                Math.max(0, Math.min(row.getLong(8), LedgerRecord.MAX_VERSION)));
    }

    /** Reads what the own node knows of trust from a row with that; null for nothing. */
    static byte @Nullable [] readOwnTrust(ResultSet row) throws SQLException {
        return row.getBytes("own_trust");
    }

    /** Reads what another node knows of trust from a row of {@link #selectPage}; null for nothing. */
    static byte @Nullable [] readRemoteTrust(ResultSet row) throws SQLException {
        return row.getBytes("remote_trust");
    }

    /** Reads the evidence of a row of {@link #selectPage}; null if there is none, or if the file has it damaged. */
    static @Nullable SessionEvidence readEvidence(ResultSet row) throws SQLException {
        String helo = row.getString("helo");
        try {
            return helo == null
                    ? null
                    : new SessionEvidence(
                            helo,
                            row.getString("sender_domain"),
                            Verb.valueOf(row.getString("deepest")),
                            row.getBoolean("tls"),
                            Outcome.valueOf(row.getString("ended")),
                            row.getInt("recipients"));
        } catch (IllegalArgumentException | NullPointerException e) {
            return null;
        }
    }

    /** Binds a record to {@link #UPSERT}. */
    static void bind(PreparedStatement upsert, int node, LedgerRecord ledgerRecord) throws SQLException {
        SenderCounts counts = ledgerRecord.counts();
        SenderScore score = counts.score();
        upsert.setString(1, counts.origin().toString());
        upsert.setInt(2, node);
        upsert.setLong(3, counts.firstSeen());
        upsert.setLong(4, counts.lastSeen());
        upsert.setLong(5, counts.sessions());
        upsert.setLong(6, counts.conversations());
        upsert.setDouble(7, score.points());
        upsert.setLong(8, score.scoredAt());
        upsert.setInt(9, score.offences());
        upsert.setLong(10, score.listedSince());
        upsert.setLong(11, score.listedUntil());
        upsert.setLong(12, Integer.toUnsignedLong(score.peaks()));
        upsert.setInt(13, counts.traits());
        upsert.setInt(14, counts.skipReasons());
        bind(upsert, ledgerRecord.evidence());
        upsert.setLong(21, counts.version());
        ExportedTrust trust = ledgerRecord.trust();
        upsert.setBytes(22, trust == null ? null : trust.state().encode());
    }

    private static void bind(PreparedStatement upsert, @Nullable SessionEvidence evidence) throws SQLException {
        if (evidence == null) {
            for (int column = 15; column <= 20; column++) {
                upsert.setObject(column, null);
            }
            return;
        }
        upsert.setString(15, evidence.helo());
        upsert.setString(16, evidence.senderDomain());
        upsert.setString(17, evidence.deepest().name());
        upsert.setInt(18, evidence.tls() ? 1 : 0);
        upsert.setString(19, evidence.ended().name());
        upsert.setInt(20, evidence.recipients());
    }
}
