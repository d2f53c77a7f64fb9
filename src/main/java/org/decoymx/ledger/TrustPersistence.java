package org.decoymx.ledger;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.HourCounts.HourEntry;
import org.decoymx.policy.PublishedVersion;
import org.decoymx.policy.TrustIndex;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.store.StorageException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Loads the {@link TrustIndex} and the {@link EnvelopeKey} from the ledger, and collects what is to be written. */
final class TrustPersistence {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);

    /** The setting with when a primary MX reported something. */
    static final String REPORTS = "reports";

    /** The setting with the version of the blocklist, as text. */
    static final String VERSION = "blocklist-version";

    private static final int MAX_ENTRIES = 10_000;
    private static final long REPORTS_INTERVAL = 60;

    private final TrustIndex index;
    private final EnvelopeHasher hasher;
    private final @Nullable EnvelopeKey configuredKey;
    private final Clock clock;
    private final Map<String, byte[]> settings = new HashMap<>();
    /** The key that replaces the one in the file: written last, with the end of the change. */
    private @Nullable EnvelopeKey changedKey;

    private long reportsWrittenAt = Long.MIN_VALUE;
    private long writtenVersion;

    /**
     * @param configuredKey the key that several decoys share; null for the key in the ledger
     */
    TrustPersistence(TrustIndex index, EnvelopeHasher hasher, @Nullable EnvelopeKey configuredKey, Clock clock) {
        this.index = index;
        this.hasher = hasher;
        this.configuredKey = configuredKey;
        this.clock = clock;
    }

    TrustIndex index() {
        return index;
    }

    /** The current time in seconds since 1970. */
    long now() {
        return clock.instant().getEpochSecond();
    }

    /**
     * Loads everything. In a file of a version without trust states, or one that lost its key, the listings become
     * suspects.
     *
     * @param senders the senders of the same file
     */
    void load(TrustTable table, SenderIndex senders) throws StorageException {
        long now = now();
        table.manual().load(index.manual()::load);
        List<HourEntry> hours = new ArrayList<>();
        table.hours().load(hours::add);
        table.load(index::load);
        Optional<EnvelopeKey> stored = table.envelopeKey();
        if (stored.isEmpty()) {
            index.dropEnvelopes(now);
            senders.forEachMatching(
                    (lastSeen, listedUntil) -> listedUntil > now,
                    counts -> index.addOldListing(
                            counts.origin(),
                            counts.score().listedSince(),
                            counts.score().listedUntil(),
                            now));
            hasher.setKey(configuredKey == null ? EnvelopeKey.random() : configuredKey);
            settings.put(TrustTable.KEY, hasher.key().octets());
        } else {
            useStoredKey(stored.get(), table.isKeyChanging(), now);
        }
        Optional<byte[]> reports = table.setting(REPORTS);
        if (reports.isPresent()) {
            loadReports(table, reports.get());
        }
        if (table.setting(VERSION).isPresent()) {
            index.publishedVersion().load(table.number(VERSION));
        }
        // last, because they are added to what was counted before: another attempt must not add them again
        hours.forEach(index.events().hours()::load);
    }

    /** After a change that was interrupted, some states may have envelopes of either key. */
    private void useStoredKey(EnvelopeKey stored, boolean interrupted, long now) {
        EnvelopeKey key = configuredKey == null ? stored : configuredKey;
        hasher.setKey(key);
        if (key.id().equals(stored.id()) && !interrupted) {
            return;
        }
        LOG.warn("decoy.policy.envelope-key-file: the key is another one than before; all remembered envelopes are"
                + " dropped, and confirmed senders are suspects");
        index.dropEnvelopes(now);
        settings.put(TrustTable.KEY_CHANGE, new byte[] {1});
        changedKey = key;
    }

    private void loadReports(TrustTable table, byte[] stored) throws StorageException {
        try {
            index.reports().load(stored);
        } catch (IllegalArgumentException e) {
            throw table.corrupt(REPORTS);
        }
    }

    /** Loads what other nodes know; their states are replaced as soon as they are read with the key in use. */
    void loadRemote(ExchangeTable table) throws StorageException {
        table.loadTrust((node, origin, state, otherKey) ->
                index.putRemote(node.name(), origin, otherKey ? index.rules().fromOtherKey(state, now()) : state));
    }

    /** The configured key; null for the one in the file. */
    @Nullable
    EnvelopeKey configuredKey() {
        return configuredKey;
    }

    /** Merges what an export knows of a sender. */
    void merge(IpPrefix origin, ExportedTrust trust) {
        index.merge(origin, trust.state(), hasUsableEnvelopes(trust), now());
    }

    /** What this node would know of a sender after {@link #merge}. */
    TrustState merged(IpPrefix origin, ExportedTrust trust) {
        return index.merged(origin, trust.state(), hasUsableEnvelopes(trust), now());
    }

    private boolean hasUsableEnvelopes(ExportedTrust trust) {
        return hasher.key().id().equals(trust.keyId());
    }

    /** What another node knows of a sender; without the envelopes if they were hashed with another key. */
    ExportedTrust withUsableEnvelopes(ExportedTrust trust) {
        return hasUsableEnvelopes(trust)
                ? trust
                : new ExportedTrust(
                        index.rules().fromOtherKey(trust.state(), now()),
                        hasher.key().id());
    }

    /** Writes everything within the transaction of the caller. Changes stay to be written and announced. */
    void copyTo(TrustTable table) throws StorageException {
        Map<String, byte[]> current =
                new HashMap<>(Map.of(TrustTable.KEY, hasher.key().octets()));
        if (index.reports().lastReportAt() != Long.MIN_VALUE) {
            current.put(REPORTS, index.reports().encode());
        }
        current.put(VERSION, TrustTable.encode(index.publishedVersion().latest()));
        table.write(new TrustTable.TrustWrites(
                List.of(),
                current,
                index.manual().entries(),
                index.events().hours().all()));
        List<TrustIndex.TrustEntry> entries = new ArrayList<>();
        for (IpPrefix origin : index.origins()) {
            TrustState state = index.own(origin);
            if (!state.isUnknown()) {
                entries.add(new TrustIndex.TrustEntry(origin, state));
            }
            if (entries.size() == MAX_ENTRIES) {
                table.write(new TrustTable.TrustWrites(entries));
                entries.clear();
            }
        }
        table.write(new TrustTable.TrustWrites(entries));
    }

    /** Takes what is to be written; call {@link #restore} if that fails. */
    TrustTable.TrustWrites take() {
        long lastReportAt = index.reports().lastReportAt();
        if (lastReportAt != Long.MIN_VALUE
                && (reportsWrittenAt == Long.MIN_VALUE
                        || Math.abs(lastReportAt - reportsWrittenAt) >= REPORTS_INTERVAL)) {
            settings.put(REPORTS, index.reports().encode());
            reportsWrittenAt = lastReportAt;
        }
        long version = index.publishedVersion().latest();
        if (version >= writtenVersion + PublishedVersion.STORE_INTERVAL) {
            settings.put(VERSION, TrustTable.encode(version));
            writtenVersion = version;
        }
        List<TrustIndex.TrustEntry> entries = index.takeChanges(MAX_ENTRIES);
        if (changedKey != null && entries.size() < MAX_ENTRIES) {
            settings.put(TrustTable.KEY, changedKey.octets());
            settings.put(TrustTable.KEY_CHANGE, new byte[0]);
            changedKey = null;
        }
        TrustTable.TrustWrites writes = new TrustTable.TrustWrites(
                entries,
                Map.copyOf(settings),
                index.manual().takeChanges(),
                index.events().hours().takeChanges());
        settings.clear();
        return writes;
    }

    /** Puts back what could not be written. */
    void restore(TrustTable.TrustWrites writes) {
        index.restoreChanges(writes.entries());
        index.manual().restoreChanges(writes.manual());
        index.events().hours().restoreChanges(writes.hours());
        writes.settings().forEach(settings::putIfAbsent);
        byte[] change = settings.get(TrustTable.KEY_CHANGE);
        if (change != null && change.length == 0) {
            settings.put(TrustTable.KEY_CHANGE, new byte[] {1});
            settings.remove(TrustTable.KEY);
            changedKey = hasher.key();
        }
    }
}
