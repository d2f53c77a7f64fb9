package org.decoymx.exemption;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.decoymx.policy.ExemptNetworks;

/** SPF exemptions restored from a cache file. */
public final class RestoredSpfExemptions {
    private RestoredSpfExemptions() {}

    /** Restores some domains from a cache file. */
    public static SpfExemptions read(Path file, Clock clock, String... domainNames) {
        SpfExemptions exemptions = new SpfExemptions(
                List.of(domainNames), new SpfCacheFile(file), new ExemptNetworks(), () -> {}, clock, () -> 0.5);
        exemptions.restore();
        return exemptions;
    }
}
