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

/** The keys of the feeds. */
@ConfigMapping(prefix = "decoy.feed")
public interface FeedConfig {

    /** How long a reader may keep a feed before it asks again: Expires and Cache-Control; 1 s to 1 day. */
    @Range(min = "1s", max = "24h")
    @WithDefault("60s")
    Duration maxAge();

    /** Who may read the feeds. */
    @WithDefault("open")
    AccessPolicy access();

    /** What readers show to be let in, with access {@code token}: 16 to 256 printable ASCII characters each, no comma or backslash; 100 at most. */
    @Format(TokenFormat.class)
    @MaxElements(100)
    Optional<List<String>> tokens();

    /** Networks from which readers are let in, with access {@code network}; 1,000 at most. */
    @Format(CidrFormat.class)
    @MaxElements(1000)
    Optional<List<String>> networks();

    /** Who may read. */
    enum AccessPolicy {
        /** Everybody. */
        OPEN,
        /** Whoever shows one of the tokens. */
        TOKEN,
        /** Whoever comes from one of the networks. */
        NETWORK
    }
}
