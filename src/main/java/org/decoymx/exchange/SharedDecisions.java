package org.decoymx.exchange;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import java.util.function.BooleanSupplier;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;

/**
 * Shares what is decided by hand: the latest decision about a sender holds everywhere. Each node keeps its own ones in
 * the control topic, as long as no later one of another node is known.
 */
final class SharedDecisions implements ControlListener {
    private static final long MERGE_SECONDS = 60;
    private static final BinaryOperator<ManualDecision> LATEST =
            BinaryOperator.maxBy(Comparator.comparingLong(ManualDecision::at).thenComparing(ManualDecision::who));

    private final SharedLedger ledger;
    private final String node;
    private final ClockOffset offset;
    private final BooleanSupplier isAllowed;
    private final OwnRecords own;
    private Map<IpPrefix, ManualDecision> known = Map.of();
    /** The time of the latest record, by the clock of the brokers; there are heartbeats all the time. */
    private Instant writtenAt = Instant.EPOCH;

    /**
     * @param offset known before anything is read or written
     * @param isAllowed whether the name of this node is its own
     * @param durations a clock that is never set
     */
    SharedDecisions(SharedLedger ledger, ClockOffset offset, BooleanSupplier isAllowed, Clock durations) {
        this.ledger = ledger;
        node = ledger.ownNode().name();
        this.offset = offset;
        this.isAllowed = isAllowed;
        own = new OwnRecords(ControlRecord.Decided.TYPE, node, durations);
        ledger.onDecision((origin, decision) -> own.changed());
    }

    @Override
    public void restart(RecordSender sender, String topicId) {
        own.restart();
    }

    @Override
    public void read(List<ControlRecord.ControlMessage> entries) throws Exception {
        if (!offset.isKnown()) {
            throw new ExchangeException("the brokers have not told the time yet");
        }
        own.read(entries);
        if (!entries.isEmpty()) {
            writtenAt = entries.get(entries.size() - 1).writtenAt();
        }
        Map<IpPrefix, ManualDecision> decisions = new HashMap<>();
        for (ControlRecord.ControlMessage entry : entries) {
            if (entry.content() instanceof ControlRecord.Decided decided) {
                decisions.merge(decided.origin(), offset.fromBrokers(decided.decision()), LATEST);
            }
        }
        if (!decisions.isEmpty()) {
            ledger.mergeDecisions(decisions).get(MERGE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void write(RecordSender sender) {
        if (isAllowed.getAsBoolean()) {
            own.write(sender, this::wanted, this::isOver);
        }
    }

    /** What the ledger has no room for any more still holds at other nodes, which may be new. */
    private boolean isOver(ControlRecord content) {
        return content instanceof ControlRecord.Decided decided
                && (known.containsKey(decided.origin()) || !decided.decision().isKeptAt(writtenAt.getEpochSecond()));
    }

    private List<ControlRecord.Decided> wanted() {
        known = ledger.decisions();
        return known.entrySet().stream()
                .filter(entry -> entry.getValue().who().equals(node)
                        || entry.getValue().who().isEmpty())
                .map(entry -> new ControlRecord.Decided(entry.getKey(), shared(entry.getValue())))
                .toList();
    }

    private ManualDecision shared(ManualDecision decision) {
        ManualDecision named =
                new ManualDecision(decision.tier(), decision.at(), decision.until(), decision.reason(), node);
        return offset.toBrokers(named);
    }
}
