package org.decoymx.feed;

import java.time.Duration;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.TierFilter;

/** A representation of the blocklist. */
interface Renderable {
    /** The freshness lifetime of a body that does not contain the current time. */
    Duration UNLIMITED = Duration.ofSeconds(Long.MAX_VALUE);

    /** The name of the feed for people; of a format, that in its path. */
    default String name() {
        return "changes";
    }

    /** The media type, with a charset for text. */
    String mediaType();

    /**
     * Writes at least one octet. Equal views give equal octets, except for what depends on {@link FeedView#renderedAt}.
     */
    void render(FeedView view, FeedWriter writer);

    /** The tier of the entries if the request names none. */
    default TierFilter defaultTier() {
        return TierFilter.ALL;
    }

    /** Throws if it cannot be rendered from this blocklist, so that the request fails without queuing. */
    default void checkAvailable(Blocklist listing, FeedFilter filter) {}

    /** Whether it contains all entries, so that rendering may take some time. */
    default boolean isLarge() {
        return true;
    }

    /** How long a body is fresh while the blocklist does not change; limited if it contains the current time. */
    default Duration freshnessLifetime() {
        return UNLIMITED;
    }
}
