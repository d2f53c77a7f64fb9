package org.decoymx.feed;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The keys of the feeds. */
@ConfigMapping(prefix = "decoy.feed")
public interface FeedConfig {

    /** How long a reader may keep a feed before it asks again: Expires and Cache-Control. */
    @WithDefault("60s")
    Duration maxAge();
}
