package org.decoymx.feed;

import java.util.List;
import org.decoymx.blocklist.History.Step;
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Listing.Entry;

/**
 * What has changed since a version: a JSON object a line, in the order in which it is to be worked in, and at the end the
 * version that it leads to.
 */
record ChangesPart(long since) implements Part {

    @Override
    public String mediaType() {
        return "application/x-ndjson";
    }

    @Override
    public boolean isLarge() {
        return false;
    }

    @Override
    public void check(Listing listing) {
        steps(listing, since);
    }

    @Override
    public void render(Contents contents, Lines lines) {
        for (Step step : steps(contents.listing(), since)) {
            render(step, contents, lines, "");
        }
        version(contents.listing().version(), lines, "");
    }

    static List<Step> steps(Listing listing, long since) {
        return listing.history().since(since).orElseThrow(Gone::new);
    }

    /** What went, and then what came: a network comes in the place of its addresses, and goes for them. */
    static void render(Step step, Contents contents, Lines lines, String mark) {
        for (boolean v6 : new boolean[] {false, true}) {
            if (contents.has(v6)) {
                step.removed(v6).forEach(entry -> render("remove", entry, lines, mark));
                step.added(v6).forEach(entry -> render("add", entry, lines, mark));
            }
        }
    }

    private static void render(String op, Entry entry, Lines lines, String mark) {
        lines.add(mark).add("{\"op\":\"").add(op).add("\",\"ip\":\"").add(entry).add("\"}\n");
    }

    static void version(long version, Lines lines, String mark) {
        lines.add(mark).add("{\"op\":\"version\",\"version\":").add(version).add("}\n");
    }

    /** A version is so old, or was never there, that nobody knows what has changed since. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1;

        Gone() {
            super("What changed since that version is not known any more; fetch the whole list from /feeds/plain"
                    + " and go on from the version that it names");
        }
    }
}
