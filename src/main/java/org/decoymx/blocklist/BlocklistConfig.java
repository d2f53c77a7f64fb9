package org.decoymx.blocklist;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import org.decoymx.support.Format;

/** Keys that apply wherever the blocklist is served. */
@ConfigMapping(prefix = "decoy")
public interface BlocklistConfig {

    /** The public URL of the feed port, for example {@code https://decoy.example.org}; at most 120 octets. */
    @Format(PublicUrlFormat.class)
    Optional<String> publicUrl();
}
