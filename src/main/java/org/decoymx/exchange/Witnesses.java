package org.decoymx.exchange;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.ledger.VisitRecorder;
import org.decoymx.support.SteadyClock;

/** Shares what primaries report: sends what they report to this node, and reads what they report to others. */
final class Witnesses {
    private final SenderTopic topic;
    private final WitnessSender sender;
    private final WitnessReader reader;
    private final WitnessProgress progress;

    /**
     * Collects what primaries report from now on.
     *
     * @param envelopeKey the id of the key of the envelopes
     */
    Witnesses(
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
        topic = new SenderTopic(topics.witnesses(), "", new ClockOffset());
        // else it does not know of all senders, or the others do not learn what it records of them
        BooleanSupplier sharesStates = () -> role == ExchangeRole.BOTH && claims.isOwner();
        sender = new WitnessSender(
                ledger.ownNode(),
                topic,
                () -> clients.producer("witnesses"),
                sharesStates,
                envelopeKey,
                offset,
                clock.durations());
        reader = new WitnessReader(ledger, visits, topic, clients, envelopeKey, offset, poison, clock.durations());
        progress = new WitnessProgress(
                topic,
                reader::hasRead,
                () -> nodes.allHeardUntil().map(heard -> heard.plus(offset.ahead())),
                visits::recordAllShared,
                clock);
        visits.passTo(sender::offer);
    }

    SenderTopic topic() {
        return topic;
    }

    WitnessSender sender() {
        return sender;
    }

    WitnessReader reader() {
        return reader;
    }

    WitnessProgress progress() {
        return progress;
    }
}
