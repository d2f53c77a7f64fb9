package org.decoymx.exemption;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.decoymx.policy.Exempt;

/** Domains as they are known after a start. */
public final class FoundDomains {
    private FoundDomains() {}

    /** Those that a file has, of some that are wanted. */
    public static SpfDomains in(Path file, Clock clock, String... names) {
        SpfDomains domains =
                new SpfDomains(List.of(names), new SpfFile(file), new Exempt(), () -> {}, clock, () -> 0.5);
        domains.restore();
        return domains;
    }
}
