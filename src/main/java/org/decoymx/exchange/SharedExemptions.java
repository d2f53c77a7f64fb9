package org.decoymx.exchange;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.decoymx.exemption.RuntimeExemption;
import org.decoymx.exemption.RuntimeExemptions;
import org.decoymx.exemption.SharedExemption;
import org.decoymx.ledger.Node;

/**
 * Shares the run-time exemptions: the latest change about a network holds everywhere. Each node keeps its own changes
 * in the control topic, as long as no later one of another node is known; also what it removed, for some time, so that
 * who was away does not bring it back.
 */
final class SharedExemptions implements ControlListener {
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(10);
    private static final int MAX_UNMERGED = 20_000;

    private final RuntimeExemptions exemptions;
    private final String node;
    private final ClockOffset offset;
    private final Clock durations;
    private final BooleanSupplier isAllowed;
    private final OwnRecords own;
    /** By their keys; not empty while the file cannot be written. */
    private final Map<String, SharedExemption> unmerged = new LinkedHashMap<>();

    private boolean leftOut;

    private Instant retryAt = Instant.EPOCH;

    /**
     * @param offset known before anything is read or written
     * @param isAllowed whether the name of this node is its own
     * @param durations a clock that is never set
     */
    SharedExemptions(
            RuntimeExemptions exemptions, Node node, ClockOffset offset, BooleanSupplier isAllowed, Clock durations) {
        this.exemptions = exemptions;
        this.node = node.name();
        this.offset = offset;
        this.isAllowed = isAllowed;
        this.durations = durations;
        own = new OwnRecords(ControlRecord.Exempted.TYPE, this.node, durations);
        exemptions.share(own::changed);
    }

    @Override
    public void restart(RecordSender sender, String topicId) {
        own.restart();
        leftOut = false;
    }

    @Override
    public void read(List<ControlRecord.ControlMessage> entries) {
        own.read(entries);
        for (ControlRecord.ControlMessage entry : entries) {
            if (entry.content() instanceof ControlRecord.Exempted exempted) {
                keep(exempted);
            }
        }
        merge();
    }

    private void keep(ControlRecord.Exempted exempted) {
        if (unmerged.size() < MAX_UNMERGED || unmerged.containsKey(exempted.key())) {
            unmerged.put(exempted.key(), shift(exempted.exemption(), offset.ahead()));
        } else {
            leftOut = true;
        }
    }

    private void merge() {
        if (!unmerged.isEmpty()) {
            try {
                exemptions.merge(unmerged.values(), node);
                unmerged.clear();
            } catch (IOException e) { // the health check reports it
                retryAt = durations.instant().plus(RETRY_INTERVAL);
                return;
            }
            if (leftOut) {
                throw new IllegalStateException(
                        "exemptions were left out while their file could not be written," + " so all are read again");
            }
        }
    }

    @Override
    public void write(RecordSender sender) {
        if (!durations.instant().isBefore(retryAt)) {
            merge();
        }
        if (isAllowed.getAsBoolean()) {
            own.write(sender, this::wanted);
        }
    }

    private List<ControlRecord.Exempted> wanted() {
        Duration behind = offset.ahead().negated();
        return exemptions.shared(node).stream()
                .filter(change -> change.node().equals(node))
                .map(change -> new ControlRecord.Exempted(shift(change, behind)))
                .toList();
    }

    private static SharedExemption shift(SharedExemption change, Duration by) {
        RuntimeExemption exemption = change.exemption();
        if (exemption == null || by.isZero()) {
            return new SharedExemption(change.network(), change.at().plus(by), change.node(), exemption);
        }
        Instant until = exemption.until();
        return new SharedExemption(
                change.network(),
                change.at().plus(by),
                change.node(),
                new RuntimeExemption(
                        exemption.network(),
                        exemption.reason(),
                        exemption.since().plus(by),
                        until == null ? null : until.plus(by)));
    }
}
