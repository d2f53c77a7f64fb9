package org.decoymx.blocklist;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Tier;
import org.decoymx.support.EventLog;

/** Logs what was added to the blocklist and what was released, one line each with the cause. */
final class ListingEvents {
    private final Policy policy;
    private final EventLog log;

    ListingEvents(Policy policy, EventLog log) {
        this.policy = policy;
        this.log = log;
    }

    /** Logs the difference of two versions. A change of the tier alone is no listing and no release. */
    void record(Blocklist before, Blocklist after, Instant now) {
        if (before.version() == after.version()) {
            return;
        }
        Optional<List<ChangeLog.VersionChange>> changes =
                after.changeLog().changesSince(before.version(), TierFilter.ALL);
        if (changes.isEmpty()) {
            int size = after.size();
            int sizeBefore = before.size();
            log.add(() -> "blocklist: %s entries after %s, too many changes to name them".formatted(size, sizeBefore));
            return;
        }
        for (ChangeLog.VersionChange change : changes.get()) {
            for (boolean v6 : new boolean[] {false, true}) {
                change.added(v6, TierFilter.ALL).forEach(entry -> recordAdded(entry, before, after));
                change.removed(v6, TierFilter.ALL).forEach(entry -> recordRemoved(entry, before, after, now));
            }
        }
    }

    private void recordAdded(BlocklistEntry added, Blocklist before, Blocklist after) {
        Optional<BlocklistEntry> entry = find(added, after);
        if (entry.isPresent() && find(added, before).isEmpty()) {
            String mode = after.isObserveOnly() ? "would be listed" : "listed";
            log.add(() -> "%s: %s, %s until %s: %s"
                    .formatted(
                            name(added),
                            mode,
                            entry.get().tier().text(),
                            time(entry.get().until()),
                            cause(entry.get())));
        }
    }

    private String cause(BlocklistEntry entry) {
        if (entry.isAddress()) {
            return entry.points() + " points";
        }
        return entry.v6()
                ? "addresses in it are listed"
                : policy.settings().widenAt() + " or more of its addresses are listed";
    }

    private void recordRemoved(BlocklistEntry removed, Blocklist before, Blocklist after, Instant now) {
        Optional<BlocklistEntry> entry = find(removed, before);
        if (entry.isPresent() && find(removed, after).isEmpty()) {
            // now, as the line must not keep a version in memory
            String cause = releaseCause(entry.get(), after, now);
            log.add(() -> "%s: released: %s".formatted(name(removed), cause));
        }
    }

    private String releaseCause(BlocklistEntry entry, Blocklist after, Instant now) {
        Optional<BlocklistEntry> wider = after.findEntry(entry.network());
        if (wider.isPresent() && wider.get().prefix() < entry.prefix()) {
            return "listed with its network " + wider.get().text();
        }
        if (policy.isExempt(entry.network())) {
            return "exempt";
        }
        if (policy.trust().find(entry.network()).tierAt(now.getEpochSecond()) == Tier.CLEARED) {
            return "cleared by a retry";
        }
        return entry.until() <= now.getEpochSecond() ? "expired" : "withdrawn";
    }

    /** The very same entry of a version, not one that contains it. */
    private static Optional<BlocklistEntry> find(BlocklistEntry wanted, Blocklist version) {
        return version.findEntry(wanted.network()).filter(found -> found.prefix() == wanted.prefix());
    }

    private static String name(BlocklistEntry entry) {
        return (entry.isAddress() ? "sender " : "network ") + entry.text();
    }

    private static String time(long second) {
        return Instant.ofEpochSecond(second).toString();
    }
}
