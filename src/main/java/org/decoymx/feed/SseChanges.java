package org.decoymx.feed;

import java.util.List;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.ChangeLog.VersionChange;

/**
 * The changes since a version as server-sent events, one event for each version, so that a client that disconnects
 * never has an incomplete version. Versions that are known to change nothing become one event.
 */
record SseChanges(long since) implements Renderable {
    private static final String EVENT = "event: change\n";
    private static final String DATA_PREFIX = "data: ";

    @Override
    public String mediaType() {
        return "text/event-stream";
    }

    @Override
    public boolean isLarge() {
        return false;
    }

    @Override
    public void checkAvailable(Blocklist listing, FeedFilter filter) {
        NdjsonChanges.findSteps(listing, filter, since);
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        List<VersionChange> steps = NdjsonChanges.findSteps(view.listing(), view.filter(), since);
        for (VersionChange step : steps) {
            writer.append(EVENT);
            NdjsonChanges.render(step, view, writer, DATA_PREFIX);
            endEvent(view.listing(), step.version(), writer);
        }
        if (steps.isEmpty()) {
            writer.append(EVENT);
            endEvent(view.listing(), view.listing().version(), writer);
        }
    }

    private static void endEvent(Blocklist listing, long version, FeedWriter writer) {
        NdjsonChanges.writeVersion(listing, version, writer, DATA_PREFIX);
        writer.append("id: ").append(listing.versionText(version)).append("\n\n");
    }
}
