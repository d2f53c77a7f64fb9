package org.decoymx.primary;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;
import org.decoymx.support.Range;

/** The keys of what the primary MX says. */
@ConfigMapping(prefix = "decoy.primary")
public interface PrimaryConfig {

    /** The MX hosts that mail is meant to go to, {@code mx1.example.org} or {@code 192.0.2.1:25}; 16 at most. */
    @Format(HostFormat.class)
    @MaxElements(16)
    Optional<List<String>> hosts();

    /** A sender that was seen at a primary so long before its session, or later, is not listed; 1m to 30d. */
    @Range(min = "1m", max = "30d")
    @WithDefault("36h")
    Duration witnessWindow();

    /** Nothing counts until so long after all hosts are up again; 0s to 1d. */
    @Range(min = "0s", max = "24h")
    @WithDefault("15m")
    Duration outageGrace();

    /** How often each host is looked at; 1s to 10m. */
    @Range(min = "1s", max = "10m")
    @WithDefault("30s")
    Duration probeInterval();
}
