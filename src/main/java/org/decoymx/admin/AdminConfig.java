package org.decoymx.admin;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.TokenFormat;

/** The keys of those who may ask and do more than read a feed. */
@ConfigMapping(prefix = "decoy")
public interface AdminConfig {

    AdminAccess admin();

    WitnessAccess witness();

    /** Keys of the administrator. */
    interface AdminAccess {
        /** What the administrator shows to be let in, 16 printable ASCII characters at least; without it nobody is. */
        @Format(TokenFormat.class)
        Optional<String> token();
    }

    /** Keys of a primary MX that tells whom it saw. */
    interface WitnessAccess {
        /** What it shows to be let in, 16 printable ASCII characters at least; without it only the administrator is. */
        @Format(TokenFormat.class)
        Optional<String> token();
    }
}
