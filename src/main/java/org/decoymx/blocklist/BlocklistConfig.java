package org.decoymx.blocklist;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import org.decoymx.support.Format;

/** The keys of what is said of the listed, wherever the list is served. */
@ConfigMapping(prefix = "decoy")
public interface BlocklistConfig {

    /** Where people reach the port of the feeds: {@code https://decoy.example.org}; 120 octets at most. */
    @Format(PublicUrlFormat.class)
    Optional<String> publicUrl();
}
