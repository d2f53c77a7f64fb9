package org.decoymx.exemption;

import jakarta.inject.Singleton;
import org.decoymx.ledger.Inquiry;
import org.decoymx.sighting.Sighting;

/** Asks zones in the manner of DNSWL for a sender before it is counted. */
@Singleton
final class Dnswl implements Inquiry {

    @Override
    public void before(Sighting sighting, Runnable count) {
        count.run();
    }
}
