package org.decoymx.exemption;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The keys of those who are never listed. */
@ConfigMapping(prefix = "decoy.exempt")
public interface ExemptConfig {

    /** Networks that are never listed, besides private ones and the decoy's own; {@code !} takes one out again. */
    Optional<List<String>> networks();

    /** Files of such networks, one a line. */
    Optional<List<Path>> files();

    /** Domains whose SPF records name networks that are never listed. */
    @WithDefault("google.com,outlook.com,yahoo.com,icloud.com")
    Optional<List<String>> spfDomains();

    /** Zones in the manner of DNSWL that are asked before a sender is listed. */
    Optional<List<String>> dnswlZones();

    /** Name servers to ask, {@code 192.0.2.53} or {@code 192.0.2.53:5353}; without any those of the system. */
    Optional<List<String>> nameServers();
}
