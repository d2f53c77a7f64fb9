package org.decoymx.feed;

import java.time.Duration;

/** Something that is made of the list. */
interface Part {

    /** Its media type, with the charset where it is text. */
    String mediaType();

    /** Writes it; never nothing. The same contents give the same octets, but for what {@link Contents#made} says. */
    void render(Contents contents, Lines lines);

    /** Whether it has all that is listed, and so may take a while to make. */
    default boolean isLarge() {
        return true;
    }

    /** How long what was made stays right while the list stays the same; for ever unless the present time is in it. */
    default Duration fresh() {
        return Duration.ofSeconds(Long.MAX_VALUE);
    }
}
