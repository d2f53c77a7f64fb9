package org.decoymx.feed;

import java.time.Duration;
import org.decoymx.blocklist.Blocklist;

/** Something that is made of the list. */
interface Renderable {

    /** Its media type, with the charset where it is text. */
    String mediaType();

    /** Writes it; never nothing. The same contents give the same octets, but for what {@link FeedView#renderedAt} says. */
    void render(FeedView contents, FeedWriter lines);

    /** Throws when it has nothing for this listing; at once, so that nobody has to wait for it. */
    default void checkAvailable(Blocklist listing) {}

    /** Whether it has all that is listed, and so may take a while to make. */
    default boolean isLarge() {
        return true;
    }

    /** How long what was made stays right while the list stays the same; for ever unless the present time is in it. */
    default Duration freshnessLifetime() {
        return Duration.ofSeconds(Long.MAX_VALUE);
    }
}
