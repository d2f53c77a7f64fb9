package org.decoymx.feed;

import java.util.List;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.ChangeLog.VersionChange;

/**
 * What has changed since a version: a JSON object a line, in the order in which it is to be worked in, and at the end the
 * version that it leads to.
 */
record NdjsonChanges(long since) implements Renderable {

    @Override
    public String mediaType() {
        return "application/x-ndjson";
    }

    @Override
    public boolean isLarge() {
        return false;
    }

    @Override
    public void checkAvailable(Blocklist listing) {
        findSteps(listing, since);
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        for (VersionChange step : findSteps(contents.listing(), since)) {
            render(step, contents, lines, "");
        }
        writeVersion(contents.listing().version(), lines, "");
    }

    static List<VersionChange> findSteps(Blocklist listing, long since) {
        return listing.changeLog().changesSince(since).orElseThrow(VersionUnavailableException::new);
    }

    /** What went, and then what came: a network comes in the place of its addresses, and goes for them. */
    static void render(VersionChange step, FeedView contents, FeedWriter lines, String mark) {
        for (boolean v6 : new boolean[] {false, true}) {
            if (contents.includes(v6)) {
                step.removed(v6).forEach(entry -> render("remove", entry, lines, mark));
                step.added(v6).forEach(entry -> render("add", entry, lines, mark));
            }
        }
    }

    private static void render(String op, BlocklistEntry entry, FeedWriter lines, String mark) {
        lines.append(mark)
                .append("{\"op\":\"")
                .append(op)
                .append("\",\"ip\":\"")
                .append(entry)
                .append("\"}\n");
    }

    static void writeVersion(long version, FeedWriter lines, String mark) {
        lines.append(mark)
                .append("{\"op\":\"version\",\"version\":")
                .append(version)
                .append("}\n");
    }

    /** A version is so old, or was never there, that nobody knows what has changed since. */
    static final class VersionUnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        VersionUnavailableException() {
            super("What changed since that version is not known any more; fetch the whole list from /feeds/plain"
                    + " and go on from the version that it names");
        }
    }
}
