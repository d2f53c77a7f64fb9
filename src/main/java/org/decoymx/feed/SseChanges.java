package org.decoymx.feed;

import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.ChangeLog.VersionChange;

/**
 * The changes since a version as server-sent events, one event for each version, so that a client that disconnects
 * never has an incomplete version.
 */
record SseChanges(long since) implements Renderable {
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
    public void checkAvailable(Blocklist listing) {
        NdjsonChanges.findSteps(listing, since);
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        for (VersionChange step : NdjsonChanges.findSteps(view.listing(), since)) {
            writer.append("event: change\n");
            NdjsonChanges.render(step, view, writer, DATA_PREFIX);
            NdjsonChanges.writeVersion(step.version(), writer, DATA_PREFIX);
            endEvent(step.version(), writer);
        }
    }

    private static void endEvent(long version, FeedWriter writer) {
        writer.append("id: ").append(version).append("\n\n");
    }
}
