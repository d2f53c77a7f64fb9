package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Keeps the records of one type that this node has in the control topic as they must be: writes what is missing, and
 * deletes what is too much. {@link #changed} is thread-safe, the rest is called on the thread of the channel.
 */
final class OwnRecords {
    private static final Duration CHECK_INTERVAL = Duration.ofMinutes(1);

    /** Only somebody else writes more of them. */
    private static final int MAX_RECORDS = 50_000;

    private final String keyPrefix;
    private final Clock durations;
    private final Map<String, ControlRecord> written = new HashMap<>();
    private final Map<String, ControlRecord> sent = new ConcurrentHashMap<>();
    private volatile boolean changed;
    private Instant nextCheck = Instant.EPOCH;

    /**
     * @param type what the keys begin with
     * @param durations a clock that is never set
     */
    OwnRecords(String type, String node, Clock durations) {
        keyPrefix = type + "/" + node + "/";
        this.durations = durations;
    }

    /** Something has changed that must be written. */
    void changed() {
        changed = true;
    }

    void restart() {
        written.clear();
        sent.clear();
        changed = true;
    }

    void read(List<ControlRecord.ControlMessage> entries) {
        for (ControlRecord.ControlMessage entry : entries) {
            String key = entry.content().key();
            if (!key.startsWith(keyPrefix)) {
                continue;
            }
            if (entry.content() instanceof ControlRecord.Deleted) {
                written.remove(key);
            } else if (written.size() < MAX_RECORDS || written.containsKey(key)) {
                written.put(key, entry.content());
            }
            sent.remove(key, entry.content());
        }
    }

    /** Sends what is due, and deletes all others. */
    void write(ControlListener.RecordSender sender, Supplier<List<? extends ControlRecord>> wanted) {
        write(sender, wanted, content -> true);
    }

    /**
     * Sends what is due.
     *
     * @param wanted the records that must be there
     * @param deletable which of the others are to be deleted
     */
    void write(
            ControlListener.RecordSender sender,
            Supplier<List<? extends ControlRecord>> wanted,
            Predicate<ControlRecord> deletable) {
        Instant now = durations.instant();
        if (!changed && now.isBefore(nextCheck)) {
            return;
        }
        changed = false;
        nextCheck = now.plus(CHECK_INTERVAL);
        Map<String, ControlRecord> known = new HashMap<>(written);
        known.putAll(sent);
        for (ControlRecord content : wanted.get()) {
            if (!content.equals(known.remove(content.key()))) {
                send(sender, content);
            }
        }
        List<ControlRecord> left = new ArrayList<>(known.values());
        left.removeIf(content -> content instanceof ControlRecord.Deleted || !deletable.test(content));
        left.forEach(content -> send(sender, new ControlRecord.Deleted(content.key())));
    }

    private void send(ControlListener.RecordSender sender, ControlRecord content) {
        sent.put(content.key(), content);
        sender.send(content, (metadata, error) -> {
            if (error != null && sent.remove(content.key(), content)) {
                changed = true;
            }
        });
    }
}
