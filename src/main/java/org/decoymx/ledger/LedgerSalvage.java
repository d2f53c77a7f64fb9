package org.decoymx.ledger;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.decoymx.ledger.LedgerLine.EvidenceFields;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.PrimaryReports;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.BatchInserter;
import org.decoymx.store.DamagedDatabase;
import org.decoymx.store.Salvage;
import org.decoymx.store.StorageException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Copies the rows of a damaged ledger that are valid into a new one. */
final class LedgerSalvage implements Salvage {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final int SENDER_COLUMNS = 22;
    private static final int FIRST_SENDER_COLUMNS = 18;
    private static final int POINTS_COLUMN = 6;
    private static final int FIRST_EVIDENCE_COLUMN = 12;
    private static final long MAX_TIME = 0xff_ffff_ffffL;
    private static final long MAX_NUMBER = 0xffff_ffffL;

    private static final int VERSION_COLUMN = 20;

    /** The largest traits and skip reasons. */
    private static final Map<Integer, Long> MAX_BY_COLUMN =
            Map.of(11, 0xff_ffffL, 18, 0xffL, VERSION_COLUMN, LedgerRecord.MAX_VERSION);

    private final Node newNode;
    private final Map<Long, String> nodes = new HashMap<>();
    private long ownId = 1;
    private long latestVersion;

    /**
     * @param newNode the own node, if its row is lost
     */
    LedgerSalvage(Node newNode) {
        this.newNode = newNode;
    }

    @Override
    public String copy(DamagedDatabase damaged, BatchInserter fresh) throws StorageException, IOException {
        nodes.clear();
        damaged.forEachRow(this::addNode);
        nodes.putIfAbsent(ownId, newNode.name());
        for (Map.Entry<Long, String> node : nodes.entrySet()) {
            fresh.insert("node", node.getKey(), node.getValue(), node.getKey() == ownId ? 1L : 0L);
        }
        damaged.forEachRow((table, row) -> {
            try {
                copyRow(table, row, fresh);
            } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
                LOG.debugf("Invalid row of %s in the damaged ledger: %s", table, e.getMessage());
            }
        });
        if (latestVersion > 0) {
            fresh.insert("setting", LedgerVersions.LATEST, TrustTable.encode(latestVersion));
        }
        return fresh.count("sender") + " senders";
    }

    private void addNode(@Nullable String table, @Nullable Object[] row) {
        if (isOf("node", table)
                && row.length == 3
                && row[0] instanceof Long id
                && row[1] instanceof String name
                && row[2] instanceof Long own
                && Node.isValidName(name)
                && !nodes.containsValue(name)
                && nodes.putIfAbsent(id, name) == null
                && own == 1) {
            ownId = id;
        }
    }

    private static boolean isOf(String expected, @Nullable String table) {
        return table == null || table.equals(expected);
    }

    private void copyRow(@Nullable String table, @Nullable Object[] row, BatchInserter fresh) throws StorageException {
        if (isOf("hour", table) && row.length == HourTable.COLUMNS && row[0] instanceof Long) {
            for (@Nullable Object count : row) {
                number(count, MAX_TIME);
            }
            fresh.insert("hour", row);
        }
        if (row.length == 0 || !(row[0] instanceof String key)) {
            return;
        }
        if (isOf("setting", table) && row.length == 2 && key.equals(LedgerVersions.LATEST)) {
            latestVersion = Math.max(latestVersion, TrustTable.decode((byte[]) row[1]));
        } else if (isOf("setting", table) && row.length == 2 && isSetting(key, row[1])) {
            fresh.insert("setting", row);
        } else if (IpText.parsePrintedHostNetwork(key).isEmpty()) {
            return;
        } else if (isOf("sender", table) && row.length >= FIRST_SENDER_COLUMNS) {
            copySender(row, fresh);
        } else if (isOf("trust", table) && row.length == 2 && row[1] instanceof byte[] state) {
            TrustState.decode(state);
            fresh.insert("trust", row);
        } else if (isOf("manual", table) && (row.length == 5 || row.length == 6)) {
            String reason = Objects.requireNonNull((String) row[4]);
            new ManualDecision(
                    Tier.valueOf((String) row[1]), number(row[2], MAX_TIME), number(row[3], MAX_TIME), reason);
            fresh.insert("manual", withColumns(row, 6, ""));
        }
    }

    private static @Nullable Object[] withColumns(@Nullable Object[] row, int columns, Object added) {
        @Nullable Object[] extended = Arrays.copyOf(row, columns);
        Arrays.fill(extended, row.length, columns, added);
        return extended;
    }

    private static boolean isSetting(String name, @Nullable Object value) {
        if (name.equals(TrustTable.KEY) && value instanceof byte[] octets) {
            return octets.length == EnvelopeKey.OCTETS;
        }
        if (name.equals(TrustPersistence.REPORTS) && value instanceof byte[] octets) {
            new PrimaryReports().load(octets);
            return true;
        }
        return false;
    }

    private void copySender(@Nullable Object[] row, BatchInserter fresh) throws StorageException {
        @Nullable Object[] columns = new @Nullable Object[SENDER_COLUMNS];
        columns[FIRST_SENDER_COLUMNS] = 0L;
        columns[FIRST_SENDER_COLUMNS + 1] = 0L;
        columns[VERSION_COLUMN] = 0L;
        System.arraycopy(row, 0, columns, 0, Math.min(row.length, SENDER_COLUMNS));
        for (int i = 1; i <= VERSION_COLUMN; i++) {
            if (i != POINTS_COLUMN && (i < FIRST_EVIDENCE_COLUMN || i >= FIRST_SENDER_COLUMNS)) {
                number(columns[i], MAX_BY_COLUMN.getOrDefault(i, MAX_NUMBER));
            }
        }
        if (columns[VERSION_COLUMN + 1] instanceof byte[] state) {
            TrustState.decode(state);
        }
        columns[POINTS_COLUMN] = points(columns[POINTS_COLUMN]);
        if (ownId == (Long) columns[1]) {
            latestVersion = Math.max(latestVersion, (Long) columns[VERSION_COLUMN]);
        }
        if (nodes.containsKey((Long) columns[1])) {
            if (!isEvidence(columns)) {
                Arrays.fill(columns, FIRST_EVIDENCE_COLUMN, FIRST_SENDER_COLUMNS, null);
            }
            fresh.insert("sender", columns);
        }
    }

    private static long number(@Nullable Object column, long max) {
        if (column instanceof Long number && number >= 0 && number <= max) {
            return number;
        }
        throw new IllegalArgumentException("not a number up to " + max + ": " + column);
    }

    /** SQLite stores a whole number as an integer. */
    private static double points(@Nullable Object column) {
        double points = ((Number) Objects.requireNonNull(column)).doubleValue();
        if (points >= 0 && points <= MAX_NUMBER) {
            return points;
        }
        throw new IllegalArgumentException("not points: " + column);
    }

    private static boolean isEvidence(@Nullable Object[] columns) {
        try {
            Verb.valueOf((String) columns[14]);
            Outcome.valueOf((String) columns[16]);
            number(columns[15], 1);
            number(columns[17], Integer.MAX_VALUE);
            return columns[12] instanceof String helo
                    && EvidenceFields.isPrintable(helo)
                    && columns[13] instanceof String domain
                    && EvidenceFields.isPrintable(domain);
        } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
            return false;
        }
    }
}
