package org.decoymx.console;

import jakarta.inject.Singleton;
import org.decoymx.listing.Listing;
import org.decoymx.listing.Publisher;
import org.decoymx.listing.PublisherBean;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
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
        return HealthCheckResponse.named("listing fresh")
                .status(keeper.isFresh())
                .withData("mode", listing.trial() ? "TRIAL: decoy.domains is not set" : "enforce")
                .withData("version", listing.version())
                .withData("entries", listing.size())
                .build();
    }
}
