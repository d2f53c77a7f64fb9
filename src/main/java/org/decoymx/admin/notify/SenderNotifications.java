package org.decoymx.admin.notify;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.decoymx.admin.notify.NotifyConfig.EventKind;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.BlocklistConfig;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.TrustIndex;
import org.decoymx.sighting.ProtectionMessage;
import org.decoymx.sighting.ProtectionMessage.PrimaryVisit;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.SteadyClock;

/** Tells which listed senders were seen at a real MX since, each once for a listing, several in one notification. */
@Singleton
final class SenderNotifications {
    static final int MAX_DETAILS = 50;

    private static final int MAX_TOLD = 10_000;
    private static final int MAX_NAMES = 5;
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Senders that come within this time are told together. */
    private static final Duration BATCH_TIME = Duration.ofSeconds(10);

    private final Notifier notifier;
    private final BlocklistPublisher publisher;
    private final TrustIndex trust;
    private final String url;
    private final Clock clock;
    private final Clock durations;
    private final Map<IpPrefix, Long> told = new LinkedHashMap<>();
    private final List<SeenSender> waiting = new ArrayList<>();
    private Instant waitingSince = Instant.MIN;
    private int more;

    SenderNotifications(
            Notifier notifier,
            BlocklistPublisher publisher,
            TrustIndex trust,
            BlocklistConfig config,
            SteadyClock clock) {
        this.notifier = notifier;
        this.publisher = publisher;
        this.trust = trust;
        url = config.publicUrl().map(text -> text.replaceAll("/+$", "")).orElse("");
        this.clock = clock;
        durations = clock.durations();
    }

    /** A sender with its entry in the list when it was seen. */
    private record SeenSender(PrimaryVisit visit, BlocklistEntry entry) {}

    /**
     * A listed sender that was seen at a real MX.
     *
     * @param tier when it was seen
     * @param tierNow after what it did there; {@code cleared} after a retry
     * @param since when it was listed
     * @param mx an address of the real MX; empty if it is not known
     * @param link its page; empty without {@code decoy.public-url}
     */
    record SenderDetail(
            String address, String tier, String tierNow, String since, String seenAt, String mx, String link) {}

    void start(@Observes StartupEvent event, PeriodicJobs jobs, Vertx vertx) {
        if (notifier.wants(EventKind.SENDERS)) {
            jobs.schedule("listed senders at a real MX", INTERVAL, this::tellIfDue);
            vertx.eventBus().<ProtectionMessage>localConsumer(ProtectionMessage.EVENT_BUS_ADDRESS, message -> {
                if (message.body() instanceof PrimaryVisit visit) {
                    record(visit);
                }
            });
        }
    }

    /** Records a visit that a report names. */
    void record(@Observes PrimaryVisit visit) {
        if (visit.listed() && notifier.wants(EventKind.SENDERS)) {
            publisher
                    .evaluatedBlocklist()
                    .findEntry(visit.origin())
                    .filter(entry -> visit.seenAt().getEpochSecond() >= entry.since())
                    .ifPresent(entry -> add(new SeenSender(visit, entry)));
        }
    }

    private synchronized void add(SeenSender seen) {
        Long listedBefore = told.put(seen.visit().origin(), seen.entry().since());
        if (listedBefore != null && listedBefore == seen.entry().since()) {
            return;
        }
        if (told.size() > MAX_TOLD) {
            told.remove(told.keySet().iterator().next());
        }
        if (waiting.isEmpty()) {
            waitingSince = durations.instant();
        }
        if (waiting.size() < MAX_DETAILS) {
            waiting.add(seen);
        } else {
            more++;
        }
    }

    private synchronized void tellIfDue() {
        boolean due = !waiting.isEmpty() && !durations.instant().isBefore(waitingSince.plus(BATCH_TIME));
        if (due && notifier.hasRoom(EventKind.SENDERS)) {
            List<SenderDetail> details = waiting.stream().map(this::detail).toList();
            notifier.tell(EventKind.SENDERS, "seen", describe(details), details, more);
            waiting.clear();
            more = 0;
        }
    }

    private SenderDetail detail(SeenSender seen) {
        PrimaryVisit visit = seen.visit();
        String address = visit.origin().toString();
        return new SenderDetail(
                address,
                seen.entry().tier().text(),
                trust.find(visit.origin())
                        .tierAt(clock.instant().getEpochSecond())
                        .name()
                        .toLowerCase(Locale.ROOT),
                Instant.ofEpochSecond(seen.entry().since()).toString(),
                Instant.ofEpochSecond(visit.seenAt().getEpochSecond()).toString(),
                visit.mx().map(IpPrefix::toString).orElse(""),
                url.isEmpty() ? "" : url + "/senders/" + IpText.print(visit.origin()));
    }

    private String describe(List<SenderDetail> details) {
        int total = details.size() + more;
        String names = details.stream()
                .limit(MAX_NAMES)
                .map(detail -> detail.address() + " (" + detail.tier() + ")")
                .collect(Collectors.joining(", "));
        String listed = publisher.evaluatedBlocklist().isObserveOnly() ? "that would be listed" : "that are listed";
        return "Senders " + listed + " were seen at the real MX: " + names
                + (total > MAX_NAMES ? " and " + (total - MAX_NAMES) + " more" : "");
    }
}
