package org.decoymx.exchange;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.ledger.VisitRecorder;
import org.decoymx.support.SteadyClock;

/** What shares the reports of primaries: those to this node are sent, and those to others are read. */
record Witnesses(SenderTopic topic, WitnessSender sender, WitnessReader reader, WitnessProgress progress) {

    /**
     * Collects what primaries report from now on.
     *
     * @param envelopeKey the id of the key of the envelopes
     */
    static Witnesses collect(
            Topics topics,
            SharedLedger ledger,
            VisitRecorder visits,
            ExchangeClients clients,
            ExchangeRole role,
            KnownNodes nodes,
            Claims claims,
            Supplier<String> envelopeKey,
            ClockOffset offset,
            PoisonCount poison,
            SteadyClock clock) {
        SenderTopic topic = new SenderTopic(topics.witnesses(), "", new ClockOffset());
        // else it does not know of all senders, or the others do not learn what it records of them
        BooleanSupplier sharesStates = () -> role == ExchangeRole.BOTH && claims.isOwner();
        WitnessSender sender = new WitnessSender(
                ledger.ownNode(),
                topic,
                () -> clients.producer("witnesses"),
                sharesStates,
                envelopeKey,
                offset,
                clock.durations());
        WitnessReader reader =
                new WitnessReader(ledger, visits, topic, clients, envelopeKey, offset, poison, clock.durations());
        WitnessProgress progress = new WitnessProgress(
                topic,
                reader::hasRead,
                () -> nodes.allHeardUntil().map(heard -> heard.plus(offset.ahead())),
                visits::recordAllShared,
                clock);
        visits.passTo(sender::offer);
        return new Witnesses(topic, sender, reader, progress);
    }
}
