package org.decoymx.feed;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.net.CidrFormat;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;
import org.decoymx.support.Range;
import org.decoymx.support.TokenFormat;

/** Configuration of the feeds. */
@ConfigMapping(prefix = "decoy.feed")
public interface FeedConfig {

    /** How long a client may cache a feed (Expires and Cache-Control); 1 s to 1 day. */
    @Range(min = "1s", max = "24h")
    @WithDefault("60s")
    Duration maxAge();

    /** Access to the feeds. */
    @WithDefault("open")
    AccessPolicy access();

    /**
     * The tokens that clients send with access {@code token}; at most 100, each 16 to 256 printable ASCII characters
     * without commas and backslashes.
     */
    @Format(TokenFormat.class)
    @MaxElements(100)
    Optional<List<String>> tokens();

    /** The networks of the clients that are allowed with access {@code network}; at most 1,000. */
    @Format(CidrFormat.class)
    @MaxElements(1000)
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
