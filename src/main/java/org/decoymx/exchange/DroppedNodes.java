package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SharedLedger;

/**
 * The nodes that are gone for good. All nodes that read states delete those that such a node wrote before it was
 * dropped, and skip them in the topic, which has them until they expire. A node that comes back takes its record away
 * before it writes anything. Thread-safe.
 */
final class DroppedNodes implements ControlListener {
    private static final Duration CHECK_INTERVAL = Duration.ofMinutes(1);
    private static final int MAX_NODES = 100_000;
    private static final int MAX_REQUESTS = 100;
    private static final long REQUEST_SECONDS = 20;

    private final SharedLedger ledger;
    private final Runnable onReturn;
    private final Consumer<Node> onOtherReturn;
    private final Clock durations;
    private volatile Map<String, Instant> dropped = new ConcurrentHashMap<>();
    /** What the topic has; other than {@link #dropped} until it is read to its end. */
    private Map<String, Instant> inTopic = dropped;

    private boolean isReadAgain;
    private final Map<Node, CompletableFuture<Integer>> deletions = new HashMap<>();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private volatile Instant nextCheck = Instant.EPOCH;

    private record Request(String node, CompletableFuture<Void> written) {}

    /**
     * @param onReturn called when the own node was dropped: it must push all its states again
     * @param onOtherReturn called with a node that came back, and may have lost what it wrote since then
     * @param durations a clock that is never set
     */
    DroppedNodes(SharedLedger ledger, Runnable onReturn, Consumer<Node> onOtherReturn, Clock durations) {
        this.ledger = ledger;
        this.onReturn = onReturn;
        this.onOtherReturn = onOtherReturn;
        this.durations = durations;
    }

    /**
     * Drops a node everywhere.
     *
     * @return completes when the brokers have it; fails if they do not answer
     */
    CompletableFuture<Void> drop(String node) {
        if (requests.size() >= MAX_REQUESTS) {
            return CompletableFuture.failedFuture(new ExchangeException("too many nodes are being dropped"));
        }
        Request request = new Request(node, new CompletableFuture<Void>().orTimeout(REQUEST_SECONDS, TimeUnit.SECONDS));
        requests.add(request);
        return request.written();
    }

    /** Whether a state of a node does not count, because the brokers received it before the node was dropped. */
    boolean isDropped(String node, long timestamp) {
        Instant at = dropped.get(node);
        return at != null && timestamp <= at.toEpochMilli();
    }

    @Override
    public void restart(RecordSender sender, String topicId) {
        inTopic = new ConcurrentHashMap<>();
        isReadAgain = true;
    }

    @Override
    public void read(List<ControlRecord.ControlMessage> entries) {
        for (ControlRecord.ControlMessage entry : entries) {
            String node = entry.content().node();
            if (entry.content() instanceof ControlRecord.Dropped) {
                put(inTopic, node, entry.writtenAt());
                put(dropped, node, entry.writtenAt());
                nextCheck = Instant.EPOCH;
            } else if (entry.content() instanceof ControlRecord.Deleted deleted
                    && deleted.key().equals(new ControlRecord.Dropped(node).key())) {
                inTopic.remove(node);
                dropped.remove(node);
            }
        }
    }

    private static void put(Map<String, Instant> nodes, String node, Instant at) {
        if (nodes.size() < MAX_NODES || nodes.containsKey(node)) {
            nodes.put(node, at);
        }
    }

    private void useWhatIsInTopic() {
        if (isReadAgain) {
            isReadAgain = false;
            dropped = inTopic;
            nextCheck = Instant.EPOCH;
        }
    }

    @Override
    public void write(RecordSender sender) {
        useWhatIsInTopic();
        for (Request request = requests.poll(); request != null; request = requests.poll()) {
            if (!request.written().isDone()) {
                announce(sender, request);
            }
        }
        noticeReturns();
        Instant now = durations.instant();
        if (now.isBefore(nextCheck)) {
            return;
        }
        nextCheck = now.plus(CHECK_INTERVAL);
        String own = ledger.ownNode().name();
        if (dropped.remove(own) != null) {
            sender.send(new ControlRecord.Deleted(new ControlRecord.Dropped(own).key()), (written, error) -> {});
            onReturn.run();
        }
        for (Node node : ledger.nodes().keySet()) {
            CompletableFuture<Integer> latest = deletions.get(node);
            if (isDropped(node) && !node.name().equals(own) && (latest == null || latest.isDone())) {
                // if it fails, the next check tries it again
                var unused = deletions.put(node, ledger.dropNode(node, () -> isDropped(node)));
            }
        }
    }

    private boolean isDropped(Node node) {
        return dropped.containsKey(node.name());
    }

    /** The last part of a deletion may be running while a node comes back. */
    private void noticeReturns() {
        List<Node> returned = deletions.entrySet().stream()
                .filter(deletion ->
                        !isDropped(deletion.getKey()) && deletion.getValue().isDone())
                .map(Map.Entry::getKey)
                .toList();
        deletions.keySet().removeAll(returned);
        returned.forEach(onOtherReturn);
    }

    private static void announce(RecordSender sender, Request request) {
        String node = request.node();
        sender.send(new ControlRecord.Deleted(ControlRecord.Claim.TYPE + "/" + node), (written, error) -> {});
        sender.send(new ControlRecord.Deleted(ControlRecord.Heartbeat.TYPE + "/" + node), (written, error) -> {});
        sender.send(new ControlRecord.Dropped(node), (written, error) -> {
            if (error == null) {
                request.written().complete(null);
            } else {
                request.written().completeExceptionally(error);
            }
        });
    }
}
