package org.decoymx.primary;

import java.io.IOException;
import org.decoymx.net.IpText;
import org.decoymx.store.BatchInserter;
import org.decoymx.store.DamagedDatabase;
import org.decoymx.store.Salvage;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Copies the visits of a damaged database that are valid into a new one. Outages are not copied: without one, the real
 * MX counts as unwatched until it was probed.
 */
final class PrimarySalvage implements Salvage {
    private static final long MAX_TIME = 0xffff_ffffL;
    private static final int COLUMNS = 3;

    @Override
    public String copy(DamagedDatabase damaged, BatchInserter fresh) throws StorageException, IOException {
        damaged.forEachRow((table, row) -> copyRow(table, row, fresh));
        return fresh.count(PrimaryStore.WITNESS_TABLE) + " addresses";
    }

    /** If damage hides the table, an interval counts as a visit, and as one of the network if it may be that. */
    private static void copyRow(@Nullable String table, @Nullable Object[] row, BatchInserter fresh)
            throws StorageException {
        if (row.length != COLUMNS
                || !(row[0] instanceof String text)
                || !(row[1] instanceof Long first)
                || !(row[2] instanceof Long second)) {
            return;
        }
        boolean isInterval = first > PrimaryStore.MAX_DAY
                && first <= second
                && second <= MAX_TIME
                && IpText.parsePrintedHostNetwork(text).isPresent();
        if (isInterval && isOf(PrimaryStore.WITNESS_TABLE, table)) {
            fresh.insert(PrimaryStore.WITNESS_TABLE, row);
        }
        if (isInterval && (PrimaryStore.NETWORK_TABLE.equals(table) || table == null && text.endsWith(".0"))) {
            fresh.insert(PrimaryStore.NETWORK_TABLE, row);
        }
        if (isOf(PrimaryStore.ACCEPTED_TABLE, table)
                && first > 0
                && first <= PrimaryStore.MAX_DAY
                && PrimaryStore.parseOrigin(text).isPresent()) {
            fresh.insert(PrimaryStore.ACCEPTED_TABLE, row);
        }
    }

    private static boolean isOf(String expected, @Nullable String table) {
        return table == null || table.equals(expected);
    }
}
