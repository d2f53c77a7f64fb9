package org.decoymx.feed;

import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.ChangeLog.VersionChange;

/** What has changed since a version, as server-sent events: one a version, so that nobody who breaks off has half of one. */
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
    public void render(FeedView contents, FeedWriter lines) {
        for (VersionChange step : NdjsonChanges.findSteps(contents.listing(), since)) {
            lines.append("event: change\n");
            NdjsonChanges.render(step, contents, lines, DATA_PREFIX);
            NdjsonChanges.writeVersion(step.version(), lines, DATA_PREFIX);
            endEvent(step.version(), lines);
        }
    }

    private static void endEvent(long version, FeedWriter lines) {
        lines.append("id: ").append(version).append("\n\n");
    }
}
