package org.decoymx.exemption;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.decoymx.policy.ExemptNetworks;

/** Domains as they are known after a start. */
public final class RestoredSpfExemptions {
    private RestoredSpfExemptions() {}

    /** Those that a file has, of some that are wanted. */
    public static SpfExemptions read(Path file, Clock clock, String... names) {
        SpfExemptions domains = new SpfExemptions(
                List.of(names), new SpfCacheFile(file), new ExemptNetworks(), () -> {}, clock, () -> 0.5);
        domains.restore();
        return domains;
    }
}
