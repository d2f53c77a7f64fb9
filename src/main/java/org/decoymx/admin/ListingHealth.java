package org.decoymx.admin;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistLifecycle;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.policy.PolicyMode;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Checks whether the blocklist is evaluated regularly, and reports its mode. */
@Readiness
@Singleton
final class ListingHealth implements HealthCheck {
    private final BlocklistLifecycle publisherLifecycle;
    private final BlocklistPublisher publisher;

    ListingHealth(BlocklistLifecycle publisherLifecycle, BlocklistPublisher publisher) {
        this.publisherLifecycle = publisherLifecycle;
        this.publisher = publisher;
    }

    @Override
    public HealthCheckResponse call() {
        Blocklist listing = publisher.servedBlocklist();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("listing fresh")
                .status(publisherLifecycle.isFresh())
                .withData("mode", describeMode(listing.mode()))
                .withData("version", listing.version())
                .withData("entries", listing.size());
        if (listing.isObserveOnly()) {
            health.withData(
                    "entries there would be", publisher.evaluatedBlocklist().size());
        }
        return health.build();
    }

    private static String describeMode(PolicyMode mode) {
        return switch (mode) {
            case ENFORCE -> "enforce";
            case OBSERVE -> "observe: the feeds are empty";
            case TRIAL -> "TRIAL: decoy.domains is not set";
        };
    }
}
