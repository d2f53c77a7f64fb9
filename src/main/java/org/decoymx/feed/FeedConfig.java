package org.decoymx.feed;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Configuration of the feeds. */
@ConfigMapping(prefix = "decoy.feed")
public interface FeedConfig {

    /** How long a client may cache a feed (Expires and Cache-Control); 1 s to 1 day. */
    @WithDefault("60s")
    Duration maxAge();

    /** Access to the feeds. */
    @WithDefault("open")
    AccessPolicy access();

    /**
     * The tokens that clients send with access {@code token}; at most 100, each 16 to 256 printable ASCII characters
     * without commas and backslashes.
     */
    Optional<List<String>> tokens();

    /** The networks of the clients that are allowed with access {@code network}; at most 1,000. */
    Optional<List<String>> networks();

    /** Which clients may read the feeds. */
    enum AccessPolicy {
        /** All clients. */
        OPEN,
        /** Clients that send one of the tokens. */
        TOKEN,
        /** Clients in one of the networks. */
        NETWORK
    }
}
