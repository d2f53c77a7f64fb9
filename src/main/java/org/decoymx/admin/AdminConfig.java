package org.decoymx.admin;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.TokenFormat;

/** Configuration of the tokens for the REST endpoints. */
@ConfigMapping(prefix = "decoy")
public interface AdminConfig {

    AdminAccess admin();

    WitnessAccess witness();

    /** Configuration of the administrator role. */
    interface AdminAccess {
        /**
         * The token of the administrator, 16 to 256 printable ASCII characters; without it, requests that
         * need this role are denied.
         */
        @Format(TokenFormat.class)
        Optional<String> token();
    }

    /** Configuration of the role of a primary MX that sends visit reports. */
    interface WitnessAccess {
        /**
         * The token for visit reports, 16 to 256 printable ASCII characters; without it, only the administrator may
         * send them.
         */
        @Format(TokenFormat.class)
        Optional<String> token();
    }
}
