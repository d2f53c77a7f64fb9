package org.decoymx.smtp.server;

import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.RefusedTransaction;
import org.decoymx.smtp.protocol.SessionFacts;
import org.jspecify.annotations.Nullable;

/** Publishes the sightings of one session: at its first 451, and at its end. Without an address there are none. */
final class SessionReporter {
    private final SightingBatcher sightingBatcher;
    private final EnvelopeHasher envelopeHasher;
    private final Clock clock;
    private @Nullable InetAddress clientAddress;
    private long sessionNumber;
    private boolean deferralReported;
    private List<CaughtEnvelopes> caught = List.of();

    SessionReporter(SightingBatcher sightingBatcher, EnvelopeHasher envelopeHasher, Clock clock) {
        this.sightingBatcher = sightingBatcher;
        this.envelopeHasher = envelopeHasher;
        this.clock = clock;
    }

    /** Sets whom the sightings are about; not called for a proxy's own connections, such as health checks. */
    void identifyClient(InetAddress client, long number) {
        clientAddress = client;
        sessionNumber = number;
    }

    /**
     * Publishes a sighting at the first 451 of the session.
     *
     * @param refused the transaction that got the 451; null if it had no protected recipient
     */
    void reportDeferral(SessionFacts facts, @Nullable RefusedTransaction refused) {
        if (refused != null && clientAddress != null && caught.size() < CaughtEnvelopes.MAX_OF_REPORT) {
            List<CaughtEnvelopes> more = new ArrayList<>(caught);
            more.add(envelopeHasher.hashAll(
                    refused.reversePath(), refused.recipients(), clock.instant().getEpochSecond()));
            caught = List.copyOf(more);
        }
        if (!deferralReported) {
            deferralReported = true;
            report(facts, Outcome.OPEN);
        }
    }

    void report(SessionFacts facts, Outcome outcome) {
        if (clientAddress != null) {
            sightingBatcher.add(new Sighting(sessionNumber, clientAddress, clock.instant(), facts, outcome, caught));
            caught = List.of();
        }
    }
}
