package org.decoymx.policy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The keys of the policy. */
@ConfigMapping(prefix = "decoy")
public interface PolicyConfig {

    /** Protected domains; without any the decoy is in trial mode. */
    Optional<List<String>> domains();

    Policy policy();

    /** Keys of the decision. */
    interface Policy {
        /** How long a caught sender is listed. */
        @WithDefault("24h")
        Duration ttl();
    }
}
