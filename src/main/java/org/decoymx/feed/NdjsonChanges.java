package org.decoymx.feed;

import java.util.List;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.ChangeLog.VersionChange;

/**
 * The changes since a version as NDJSON, in the order in which a client applies them. The last line is the version that
 * they lead to.
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
    public void checkAvailable(Blocklist listing, FeedFilter filter) {
        findSteps(listing, filter, since);
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        for (VersionChange step : findSteps(view.listing(), view.filter(), since)) {
            render(step, view, writer, "");
        }
        writeVersion(view.listing(), view.listing().version(), writer, "");
    }

    static List<VersionChange> findSteps(Blocklist listing, FeedFilter filter, long since) {
        return listing.changeLog()
                .changesSince(since, filter.tier())
                .orElseThrow(() -> new VersionUnavailableException(filter));
    }

    /** Writes removals before additions, because an aggregated network replaces its addresses and vice versa. */
    static void render(VersionChange step, FeedView view, FeedWriter writer, String linePrefix) {
        for (boolean v6 : new boolean[] {false, true}) {
            if (view.includes(v6)) {
                step.removed(v6, view.filter().tier()).forEach(entry -> render("remove", entry, writer, linePrefix));
                step.added(v6, view.filter().tier()).forEach(entry -> render("add", entry, writer, linePrefix));
            }
        }
    }

    private static void render(String op, BlocklistEntry entry, FeedWriter writer, String linePrefix) {
        writer.append(linePrefix)
                .append("{\"op\":\"")
                .append(op)
                .append("\",\"ip\":\"")
                .append(entry)
                .append("\"}\n");
    }

    static void writeVersion(Blocklist listing, long version, FeedWriter writer, String linePrefix) {
        writer.append(linePrefix)
                .append("{\"op\":\"version\",\"version\":")
                .append(versionValue(listing, version))
                .append("}\n");
    }

    /** A version as a JSON value: a number, or a string while it has a node. */
    static String versionValue(Blocklist listing, long version) {
        String text = listing.versionText(version);
        return listing.node().isEmpty() ? text : '"' + text + '"';
    }

    /** The changes since a version are not available: it is too old or never existed. */
    static final class VersionUnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String url;

        VersionUnavailableException(FeedFilter filter) {
            super("The changes since this version are not available; fetch the full list from " + filter.plainFeedUrl()
                    + " and continue from its version");
            url = filter.plainFeedUrl();
        }

        /** The URL of the full list. */
        String url() {
            return url;
        }
    }
}
