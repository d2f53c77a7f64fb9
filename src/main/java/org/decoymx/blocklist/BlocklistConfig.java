package org.decoymx.blocklist;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The keys of what is said of the listed, wherever the list is served. */
@ConfigMapping(prefix = "decoy")
public interface BlocklistConfig {

    /** Where people reach the port of the feeds: {@code https://decoy.example.org}; 120 octets at most. */
    Optional<String> publicUrl();
}
