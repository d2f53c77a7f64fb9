package org.decoymx.feed;

import java.time.Instant;
import org.decoymx.listing.Listing;

/** A format of the feed: a new one is one class that implements this, and nothing else. */
interface Format {

    /** Its name in {@code /feeds/{format}}. */
    String name();

    /** Its media type, with the charset. */
    String mediaType();

    /** Who reads it. */
    String consumer();

    /** A command that fetches it from the given URL. */
    String example(String url);

    /** Writes the listing in this format; never nothing, and the same for the same listing. */
    void render(Listing listing, Lines lines);

    /** The comment that stands before the entries, each line begun with {@code mark}; TRIAL or OBSERVE first, if it is. */
    default String comment(Listing listing, String mark) {
        StringBuilder comment = new StringBuilder();
        if (!listing.isEnforced()) {
            comment.append(mark).append(warning(listing));
        }
        return comment.append(mark)
                .append(" decoymx: senders that talked to a decoy mail server behind the worst-priority MX.\n")
                .append(mark)
                .append(" version ")
                .append(listing.version())
                .append(", of ")
                .append(Instant.ofEpochSecond(listing.version()))
                .append(", entries ")
                .append(listing.size())
                .append('\n')
                .toString();
    }

    private static String warning(Listing listing) {
        if (listing.isObserved()) {
            return " OBSERVE: decoy.policy.mode is observe, so nobody is listed here; /stats says who would be.\n";
        }
        return " TRIAL: decoy.domains is not set, so every recipient counts and private addresses are listed."
                + " Do not block by this list.\n";
    }
}
