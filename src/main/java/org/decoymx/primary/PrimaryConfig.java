package org.decoymx.primary;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;
import org.decoymx.support.Range;

/** Keys of the primary MX. */
@ConfigMapping(prefix = "decoy.primary")
public interface PrimaryConfig {

    /**
     * Primary MX hosts, for example {@code mx1.example.org} or {@code 192.0.2.1:25}; at most 16. If it is not set,
     * those that DNS prefers to the decoy.
     */
    @Format(HostFormat.class)
    @MaxElements(16)
    Optional<List<String>> hosts();

    /**
     * After an outage, scoring stays paused for three times its length after all hosts are up again, but at least for
     * this time; 0s to 24h.
     */
    @Range(min = "0s", max = "24h")
    @WithDefault("15m")
    Duration outageGraceMin();

    /** At most this time; 0s to 24h. */
    @Range(min = "0s", max = "24h")
    @WithDefault("6h")
    Duration outageGraceMax();

    /** How far a probe goes: {@code greeting}, {@code mail} or {@code rcpt}. */
    @WithDefault("rcpt")
    ProbeDepth probe();

    /** Interval between probes of each host; 1s to 10m. */
    @Range(min = "1s", max = "10m")
    @WithDefault("30s")
    Duration probeInterval();
}
