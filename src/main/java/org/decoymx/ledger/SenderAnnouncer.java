package org.decoymx.ledger;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Sender;

/** Announces changed senders, and once all listed ones: at the start, or as soon as the file can be read. */
final class SenderAnnouncer {
    private static final int BATCH_SIZE = 1_000;

    private final SenderLedger ledger;
    private final Clock clock;
    private final Consumer<Collection<Sender>> listener;
    private volatile boolean listedAnnounced;

    SenderAnnouncer(SenderLedger ledger, Clock clock, Consumer<Collection<Sender>> listener) {
        this.ledger = ledger;
        this.clock = clock;
        this.listener = listener;
    }

    /** All listed senders are announced again by the next {@link #announceListed}. Thread-safe. */
    void reset() {
        listedAnnounced = false;
    }

    void announce(Collection<Sender> senders) {
        if (!senders.isEmpty()) {
            listener.accept(senders);
        }
    }

    /** Announces senders as if they had changed. */
    void announceAll(Collection<IpPrefix> origins) {
        announce(
                origins.stream().flatMap(origin -> ledger.find(origin).stream()).toList());
    }

    void announceListed() {
        if (listedAnnounced || !ledger.storage().isLoaded()) {
            return;
        }
        listedAnnounced = true;
        List<Sender> batch = new ArrayList<>();
        ledger.index().forEachListed(clock.instant(), sender -> {
            batch.add(sender);
            if (batch.size() >= BATCH_SIZE) {
                announce(batch);
                batch.clear();
            }
        });
        announce(batch);
    }
}
