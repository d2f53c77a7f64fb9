package org.decoymx.primary;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Makes what is known of the primary MX. */
final class PrimaryBean {
    private PrimaryBean() {}

    @Produces
    @Singleton
    static Witnesses witnesses() {
        return new Witnesses(Duration.ofHours(36));
    }

    @Produces
    @Singleton
    static Outage outage() {
        return new Outage();
    }
}
