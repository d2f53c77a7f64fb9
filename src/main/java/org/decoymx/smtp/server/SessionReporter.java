package org.decoymx.smtp.server;

import java.net.InetAddress;
import java.time.Clock;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.jspecify.annotations.Nullable;

/** Publishes the sightings of one session: at its first 451, and at its end. Without an address there are none. */
final class SessionReporter {
    private final SightingBatcher sightingBatcher;
    private final Clock clock;
    private @Nullable InetAddress clientAddress;
    private long sessionNumber;
    private boolean deferralReported;

    SessionReporter(SightingBatcher sightingBatcher, Clock clock) {
        this.sightingBatcher = sightingBatcher;
        this.clock = clock;
    }

    /** Sets whom the sightings are about; not called for a proxy's own connections, such as health checks. */
    void identifyClient(InetAddress client, long number) {
        clientAddress = client;
        sessionNumber = number;
    }

    /** Publishes a sighting at the first 451 of the session. */
    void reportDeferral(SessionFacts facts) {
        if (!deferralReported) {
            deferralReported = true;
            report(facts, Outcome.OPEN);
        }
    }

    void report(SessionFacts facts, Outcome outcome) {
        if (clientAddress != null) {
            sightingBatcher.add(new Sighting(sessionNumber, clientAddress, clock.instant(), facts, outcome));
        }
    }
}
