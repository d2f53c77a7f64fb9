package org.decoymx.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.HourCounts.HourEntry;
import org.decoymx.policy.ManualDecisions.ManualEntry;
import org.decoymx.policy.TrustIndex.TrustEntry;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;

/**
 * The tables {@code trust} and {@code setting} of the ledger, with {@link ManualTable} and {@link HourTable}. Not
 * thread-safe.
 */
final class TrustTable {
    /** The setting with the secret key. */
    static final String KEY = "envelope-key";
    /** The setting that is not empty while states may have envelopes that were hashed with another key. */
    static final String KEY_CHANGE = "envelope-key-change";

    private static final String UPSERT =
            "INSERT INTO trust (origin, state) VALUES (?, ?) ON CONFLICT (origin) DO UPDATE SET state = excluded.state";
    private static final String DELETE = "DELETE FROM trust WHERE origin = ?";
    private static final String SELECT = "SELECT origin, state FROM trust";
    private static final String UPSERT_SETTING =
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    private static final String SELECT_SETTING = "SELECT value FROM setting WHERE name = ?";

    private final DatabaseConnection connection;
    private final ManualTable manual;
    private final HourTable hours;

    TrustTable(DatabaseConnection connection) {
        this.connection = connection;
        manual = new ManualTable(connection);
        hours = new HourTable(connection);
    }

    /** The decisions by hand. */
    ManualTable manual() {
        return manual;
    }

    /** The counts of each hour. */
    HourTable hours() {
        return hours;
    }

    /**
     * What is written in one transaction.
     *
     * @param entries changed and forgotten states
     * @param settings changed settings by name
     * @param manual changed and deleted decisions by hand
     * @param hours changed and dropped hours
     */
    record TrustWrites(
            List<TrustEntry> entries, Map<String, byte[]> settings, List<ManualEntry> manual, List<HourEntry> hours) {
        static final TrustWrites NONE = new TrustWrites(List.of());

        TrustWrites(List<TrustEntry> entries) {
            this(entries, Map.of(), List.of(), List.of());
        }

        boolean isEmpty() {
            return entries.isEmpty() && settings.isEmpty() && manual.isEmpty() && hours.isEmpty();
        }

        /** The same with a number as a setting. */
        TrustWrites with(String setting, long number) {
            Map<String, byte[]> all = new HashMap<>(settings);
            all.put(setting, encode(number));
            return new TrustWrites(entries, all, manual, hours);
        }

        /** The number that a setting gets; another one if it gets none. */
        long number(String setting, long unchanged) {
            byte[] value = settings.get(setting);
            return value == null ? unchanged : decode(value);
        }

        List<IpPrefix> origins() {
            return entries.stream().map(TrustEntry::origin).toList();
        }
    }

    /** Writes within the transaction of the caller. */
    void write(TrustWrites writes) throws StorageException {
        if (writes.isEmpty()) {
            return;
        }
        connection.update(
                UPSERT,
                writes.entries().stream().filter(entry -> entry.state() != null).iterator(),
                (upsert, entry) -> {
                    upsert.setString(1, entry.origin().toString());
                    upsert.setBytes(2, Objects.requireNonNull(entry.state()).encode());
                });
        connection.update(
                DELETE,
                writes.entries().stream().filter(entry -> entry.state() == null).iterator(),
                (delete, entry) -> delete.setString(1, entry.origin().toString()));
        connection.update(UPSERT_SETTING, writes.settings().entrySet().iterator(), (upsert, setting) -> {
            upsert.setString(1, setting.getKey());
            upsert.setBytes(2, setting.getValue());
        });
        manual.write(writes.manual());
        hours.write(writes.hours());
    }

    /** Reads all states. */
    void load(BiConsumer<IpPrefix, TrustState> each) throws StorageException {
        if (connection.hasTable("trust")) {
            connection.query(SELECT, row -> read(row, each));
        }
    }

    private void read(ResultSet row, BiConsumer<IpPrefix, TrustState> each) throws SQLException, StorageException {
        Optional<IpPrefix> origin = IpText.parsePrintedHostNetwork(row.getString(1));
        try {
            each.accept(origin.orElseThrow(IllegalArgumentException::new), TrustState.decode(row.getBytes(2)));
        } catch (IllegalArgumentException e) {
            throw connection.corrupt("invalid trust state");
        }
    }

    /** Reads a setting; empty if there is none. */
    Optional<byte[]> setting(String name) throws StorageException {
        byte[][] found = new byte[1][];
        if (connection.hasTable("setting")) {
            connection.query(SELECT_SETTING, row -> found[0] = row.getBytes(1), name);
        }
        return Optional.ofNullable(found[0]);
    }

    /** A number as a setting. */
    static byte[] encode(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    /** The inverse of {@link #encode}. */
    static long decode(byte[] setting) {
        return Long.parseLong(new String(setting, StandardCharsets.US_ASCII));
    }

    /** Reads a setting that is a number; 0 if there is none. */
    long number(String name) throws StorageException {
        Optional<byte[]> stored = setting(name);
        try {
            return stored.map(TrustTable::decode).orElse(0L);
        } catch (NumberFormatException e) {
            throw corrupt(name);
        }
    }

    /** Whether states may have envelopes that were hashed with another key. */
    boolean isKeyChanging() throws StorageException {
        return setting(KEY_CHANGE).filter(mark -> mark.length > 0).isPresent();
    }

    /** The key of the envelope hashes; empty before the first commit. */
    Optional<EnvelopeKey> envelopeKey() throws StorageException {
        Optional<byte[]> stored = setting(KEY);
        try {
            return stored.map(EnvelopeKey::new);
        } catch (IllegalArgumentException e) {
            throw corrupt(KEY);
        }
    }

    /** The exception for a setting that the decoy cannot have written. */
    StorageException corrupt(String setting) {
        return connection.corrupt("invalid setting '" + setting + "'");
    }
}
