package org.decoymx.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.decoymx.ledger.Fault.Kind;

/** One import: reads lines, and has them merged in batches, each before the next is read. */
public final class Import {
    private static final int BATCH = 2_000;
    private static final int MAX_ERRORS = 10;

    /** Each node's tallies begin at 160 KiB of memory. */
    static final int MAX_NODES = 100;

    private static final long BETWEEN_MILLIS = 1_000;

    private final Set<Node> nodes;
    private final Collector collector;
    private final Clock clock;
    private final Map<Key, Entry> batch = new LinkedHashMap<>();
    private final List<Mistake> mistakes = new ArrayList<>();
    private long lines;
    private long taken;
    private long unchanged;
    private long bad;
    private long told;

    private record Key(Node node, Origin origin) {}

    /**
     * How far an import is.
     *
     * @param lines lines read, empty ones apart
     * @param taken those that were news, and are on the disk
     * @param unchanged those that said nothing new
     * @param bad those that could not be taken
     */
    public record Progress(long lines, long taken, long unchanged, long bad) {}

    /**
     * A line that could not be taken.
     *
     * @param line its number, from 1
     * @param error why, in words
     */
    public record Mistake(long line, String error) {}

    /** Is told each second, while work goes on, how far it is. */
    @FunctionalInterface
    public interface Watcher {

        /**
         * Hears of the progress so far.
         *
         * @throws IOException when nobody watches any more; then the import ends
         */
        void at(Progress progress) throws IOException;
    }

    Import(Set<Node> nodes, Collector collector, Clock clock) {
        this.nodes = new HashSet<>(nodes);
        this.collector = collector;
        this.clock = clock;
        told = clock.millis();
    }

    /**
     * Reads to the end of the stream; to be called once. When the stream breaks, what was read of it is merged.
     *
     * @throws IOException when the stream cannot be read
     * @throws Fault when the ledger cannot be written
     */
    public void run(InputStream in, Watcher watcher) throws IOException, Fault {
        try {
            read(new LineCutter(in), watcher);
        } catch (IOException e) {
            merge(watcher);
            throw e;
        }
        merge(watcher);
    }

    private void read(LineCutter cutter, Watcher watcher) throws IOException, Fault {
        for (byte[] line = cutter.next(); line != null; line = cutter.next()) {
            Instant now = clock.instant();
            take(line, cutter, now);
            if (batch.size() == BATCH) {
                merge(watcher);
            }
            if (Math.abs(now.toEpochMilli() - told) >= BETWEEN_MILLIS) {
                tell(watcher);
            }
        }
    }

    private void take(byte[] line, LineCutter cutter, Instant now) {
        if (isBlank(line)) {
            return;
        }
        lines++;
        try {
            if (cutter.isTooLong()) {
                throw new BadLine("the line is longer than " + LineCutter.MAX_LINE + " octets");
            }
            add(LedgerLine.read(line, now));
        } catch (BadLine e) {
            bad++;
            if (mistakes.size() < MAX_ERRORS) {
                mistakes.add(new Mistake(cutter.number(), e.words()));
            }
        }
    }

    private static boolean isBlank(byte[] line) {
        for (byte octet : line) {
            if (octet != ' ' && octet != '\t' && octet != '\r') {
                return false;
            }
        }
        return true;
    }

    private void add(Entry entry) throws BadLine {
        Node node = entry.tally().node();
        if (!nodes.contains(node) && nodes.size() >= MAX_NODES) {
            throw new BadLine("node: there are " + MAX_NODES + " nodes already, and no more are allowed");
        }
        nodes.add(node);
        Key key = new Key(node, entry.tally().origin());
        Entry before = batch.get(key);
        if (before != null) {
            unchanged++;
        }
        if (before == null || entry.tally().isNewerThan(before.tally())) {
            batch.put(key, entry);
        }
    }

    private void merge(Watcher watcher) throws IOException, Fault {
        if (batch.isEmpty()) {
            return;
        }
        try {
            int news = await(collector.merge(List.copyOf(batch.values())), watcher);
            taken += news;
            unchanged += batch.size() - news;
            batch.clear();
        } catch (RejectedExecutionException e) {
            throw new Fault(Kind.OTHER, "the decoy is about to stop; import again when it is back");
        }
    }

    private int await(CompletableFuture<Integer> merged, Watcher watcher) throws IOException, Fault {
        while (true) {
            try {
                return merged.get(BETWEEN_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                tell(watcher);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Fault fault) {
                    throw fault;
                }
                throw new IllegalStateException("the ledger could not take a batch", e);
            }
        }
    }

    private void tell(Watcher watcher) throws IOException {
        told = clock.millis();
        watcher.at(progress());
    }

    /** How far it is now; once it has ended, what came of it. */
    public Progress progress() {
        return new Progress(lines, taken, unchanged, bad);
    }

    /** The first lines that could not be taken, ten at most. */
    public List<Mistake> mistakes() {
        return List.copyOf(mistakes);
    }
}
