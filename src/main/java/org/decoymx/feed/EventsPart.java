package org.decoymx.feed;

import org.decoymx.blocklist.History.Step;
import org.decoymx.blocklist.Listing;

/** What has changed since a version, as server-sent events: one a version, so that nobody who breaks off has half of one. */
record EventsPart(long since) implements Part {
    private static final String DATA = "data: ";

    @Override
    public String mediaType() {
        return "text/event-stream";
    }

    @Override
    public boolean isLarge() {
        return false;
    }

    @Override
    public void check(Listing listing) {
        ChangesPart.steps(listing, since);
    }

    @Override
    public void render(Contents contents, Lines lines) {
        for (Step step : ChangesPart.steps(contents.listing(), since)) {
            lines.add("event: change\n");
            ChangesPart.render(step, contents, lines, DATA);
            ChangesPart.version(step.version(), lines, DATA);
            end(step.version(), lines);
        }
    }

    private static void end(long version, Lines lines) {
        lines.add("id: ").add(version).add("\n\n");
    }
}
