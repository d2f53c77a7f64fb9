package org.decoymx.feed;

import java.time.Instant;
import java.util.Map;
import org.decoymx.blocklist.Blocklist;

/** A format of the feed: a new one is one class that implements this, and nothing else. */
interface FeedFormat extends Renderable {
    /** The media type of most. */
    String TEXT_PLAIN = "text/plain;charset=UTF-8";

    /** Its name in {@code /feeds/{format}}. */
    String name();

    /** Who reads it. */
    String consumer();

    /** A command that fetches it from the given URL. */
    String example(String url);

    /** Files in {@code /feeds/{format}/} by their names, for a consumer that reads several; always the same parts. */
    default Map<String, Renderable> files() {
        return Map.of();
    }

    /** The comment that stands before the entries, each line begun with {@code mark}; TRIAL or OBSERVE first, if it is. */
    static String headerComment(FeedView contents, String mark) {
        Blocklist listing = contents.listing();
        return (listing.isEnforced() ? "" : mark + " " + modeWarning(listing) + "\n")
                + mark
                + " decoymx: senders that talked to a decoy mail server behind the worst-priority MX.\n"
                + mark
                + " version " + listing.version() + ", of " + Instant.ofEpochSecond(listing.version()) + ", entries "
                + contents.size()
                + '\n';
    }

    /** The line in the place of a comment, for a format of JSON lines, in which there is none. */
    static void writeMetadata(FeedView contents, FeedWriter lines) {
        Blocklist listing = contents.listing();
        lines.append("{\"type\":\"metadata\",\"timestamp\":").append(listing.version());
        lines.append(",\"records\":").append(contents.size());
        if (!listing.isEnforced()) {
            lines.append(",\"warning\":").appendJsonString(modeWarning(listing));
        }
        lines.append("}\n");
    }

    /** What a reader must know of a listing that is not to be blocked by. */
    static String modeWarning(Blocklist listing) {
        if (listing.isObserveOnly()) {
            return "OBSERVE: decoy.policy.mode is observe, so nobody is listed here; /stats says who would be.";
        }
        return "TRIAL: decoy.domains is not set, so every recipient counts and private addresses are listed."
                + " Do not block by this list.";
    }
}
