package org.decoymx.admin;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Publisher;
import org.decoymx.blocklist.PublisherBean;
import org.decoymx.policy.Mode;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether the listing is looked after, and what mode it is in. */
@Readiness
@Singleton
final class ListingHealth implements HealthCheck {
    private final PublisherBean keeper;
    private final Publisher publisher;

    ListingHealth(PublisherBean keeper, Publisher publisher) {
        this.keeper = keeper;
        this.publisher = publisher;
    }

    @Override
    public HealthCheckResponse call() {
        Listing listing = publisher.current();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("listing fresh")
                .status(keeper.isFresh())
                .withData("mode", words(listing.mode()))
                .withData("version", listing.version())
                .withData("entries", listing.size());
        if (listing.isObserved()) {
            health.withData("entries there would be", publisher.decided().size());
        }
        return health.build();
    }

    private static String words(Mode mode) {
        return switch (mode) {
            case ENFORCE -> "enforce";
            case OBSERVE -> "observe: the feeds stay empty";
            case TRIAL -> "TRIAL: decoy.domains is not set";
        };
    }
}
