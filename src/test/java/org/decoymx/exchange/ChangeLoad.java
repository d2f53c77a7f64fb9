package org.decoymx.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.Node;
import org.jspecify.annotations.Nullable;

/** Nodes that change the same 10,000 states each second, in commits of 2,000, and a reader that measures the delay. */
final class ChangeLoad {
    private static final int STATES = 10_000;
    private static final int COMMITS_A_SECOND = 5;
    private static final int COMMIT_SIZE = STATES / COMMITS_A_SECOND;
    private static final long COMMIT_NANOS = 1_000_000_000L / COMMITS_A_SECOND;

    private final String server;
    private final List<Node> nodes;
    private long start;
    private long count;

    ChangeLoad(String server, List<Node> nodes) {
        this.server = server;
        this.nodes = nodes;
    }

    /** How many changes there were. */
    long count() {
        return count;
    }

    /**
     * Runs for some seconds, and until all changes are read.
     *
     * @return the milliseconds from each change to the moment at which it was read, in order of length
     */
    List<Long> run(int seconds) throws Exception {
        int commits = seconds * COMMITS_A_SECOND;
        count = (long) commits * COMMIT_SIZE * nodes.size();
        try (Consumer<byte[], byte[]> consumer = StateLoad.reader(server)) {
            consumer.poll(Duration.ZERO);
            start = System.nanoTime() + COMMIT_NANOS;
            List<CompletableFuture<Void>> writers = nodes.stream()
                    .map(node -> CompletableFuture.runAsync(() -> write(node, commits)))
                    .toList();
            List<Long> millis = new ArrayList<>((int) count);
            while (millis.size() < count) {
                // a writer that could not go on would be waited for in vain
                writers.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(100))) {
                    long changedAt = start + (StateLoad.decode(message).version() - 1) * COMMIT_NANOS;
                    millis.add((System.nanoTime() - changedAt) / 1_000_000);
                }
            }
            Collections.sort(millis);
            return millis;
        }
    }

    /** The version of a state says when it was due. Fails if not all is acknowledged. */
    private void write(Node node, int commits) {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        StateCodec codec = new StateCodec(true);
        long now = System.currentTimeMillis() / 1_000;
        try (Producer<byte[], byte[]> producer = StateLoad.clients(server).stateProducer("load-" + node.name())) {
            for (int commit = 0; commit < commits; commit++) {
                LockSupport.parkNanos(start + commit * COMMIT_NANOS - System.nanoTime());
                for (int i = 0; i < COMMIT_SIZE; i++) {
                    int number = commit % COMMITS_A_SECOND * COMMIT_SIZE + i;
                    LedgerRecord state = StateLoad.state(node, number, 1 + commit, now);
                    Future<?> unused = producer.send(
                            StateLoad.record(codec, state), (written, error) -> failure.compareAndSet(null, error));
                }
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
    }
}
