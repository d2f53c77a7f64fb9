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
import org.decoymx.ledger.StorageException.StorageErrorKind;

/** One import: reads lines, and has them merged in batches, each before the next is read. */
public final class LedgerImport {
    private static final int BATCH_SIZE = 2_000;
    private static final int MAX_ERRORS = 10;

    /** Each node's tallies begin at 160 KiB of memory. */
    static final int MAX_NODES = 100;

    private static final long REPORT_INTERVAL_MILLIS = 1_000;

    private final Set<Node> nodes;
    private final Collector collector;
    private final Clock clock;
    private final Map<BatchKey, LedgerRecord> batch = new LinkedHashMap<>();
    private final List<ImportError> errors = new ArrayList<>();
    private long lines;
    private long taken;
    private long unchanged;
    private long rejected;
    private long lastReportMillis;

    private record BatchKey(Node node, Origin origin) {}

    /**
     * How far an import is.
     *
     * @param lines lines read, empty ones apart
     * @param taken those that were news, and are on the disk
     * @param unchanged those that said nothing new
     * @param bad those that could not be taken
     */
    public record ImportProgress(long lines, long taken, long unchanged, long bad) {}

    /**
     * A line that could not be taken.
     *
     * @param line its number, from 1
     * @param error why, in words
     */
    public record ImportError(long line, String error) {}

    /** Is told each second, while work goes on, how far it is. */
    @FunctionalInterface
    public interface ProgressListener {

        /**
         * Hears of the progress so far.
         *
         * @throws IOException when nobody watches any more; then the import ends
         */
        void onProgress(ImportProgress progress) throws IOException;
    }

    LedgerImport(Set<Node> nodes, Collector collector, Clock clock) {
        this.nodes = new HashSet<>(nodes);
        this.collector = collector;
        this.clock = clock;
        lastReportMillis = clock.millis();
    }

    /**
     * Reads to the end of the stream; to be called once. When the stream breaks, what was read of it is merged.
     *
     * @throws IOException when the stream cannot be read
     * @throws Fault when the ledger cannot be written
     */
    public void run(InputStream in, ProgressListener watcher) throws IOException, StorageException {
        try {
            read(new StreamLineReader(in), watcher);
        } catch (IOException e) {
            mergeBatch(watcher);
            throw e;
        }
        mergeBatch(watcher);
    }

    private void read(StreamLineReader cutter, ProgressListener watcher) throws IOException, StorageException {
        for (byte[] line = cutter.readLine(); line != null; line = cutter.readLine()) {
            Instant now = clock.instant();
            processLine(line, cutter, now);
            if (batch.size() == BATCH_SIZE) {
                mergeBatch(watcher);
            }
            if (Math.abs(now.toEpochMilli() - lastReportMillis) >= REPORT_INTERVAL_MILLIS) {
                reportProgress(watcher);
            }
        }
    }

    private void processLine(byte[] line, StreamLineReader cutter, Instant now) {
        if (isBlank(line)) {
            return;
        }
        lines++;
        try {
            if (cutter.isTooLong()) {
                throw new InvalidRecordException(
                        "the line is longer than " + StreamLineReader.MAX_LINE_OCTETS + " octets");
            }
            addToBatch(LedgerRecordJson.read(line, now));
        } catch (InvalidRecordException e) {
            rejected++;
            if (errors.size() < MAX_ERRORS) {
                errors.add(new ImportError(cutter.lineNumber(), e.description()));
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

    private void addToBatch(LedgerRecord entry) throws InvalidRecordException {
        Node node = entry.counts().node();
        if (!nodes.contains(node) && nodes.size() >= MAX_NODES) {
            throw new InvalidRecordException(
                    "node: there are " + MAX_NODES + " nodes already, and no more are allowed");
        }
        nodes.add(node);
        BatchKey key = new BatchKey(node, entry.counts().origin());
        LedgerRecord before = batch.get(key);
        if (before != null) {
            unchanged++;
        }
        if (before == null || entry.counts().isNewerThan(before.counts())) {
            batch.put(key, entry);
        }
    }

    private void mergeBatch(ProgressListener watcher) throws IOException, StorageException {
        if (batch.isEmpty()) {
            return;
        }
        try {
            int news = awaitMerge(collector.merge(List.copyOf(batch.values())), watcher);
            taken += news;
            unchanged += batch.size() - news;
            batch.clear();
        } catch (RejectedExecutionException e) {
            throw new StorageException(
                    StorageErrorKind.OTHER, "the decoy is about to stop; import again when it is back");
        }
    }

    private int awaitMerge(CompletableFuture<Integer> merged, ProgressListener watcher)
            throws IOException, StorageException {
        while (true) {
            try {
                return merged.get(REPORT_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                reportProgress(watcher);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StorageException fault) {
                    throw fault;
                }
                throw new IllegalStateException("the ledger could not take a batch", e);
            }
        }
    }

    private void reportProgress(ProgressListener watcher) throws IOException {
        lastReportMillis = clock.millis();
        watcher.onProgress(progress());
    }

    /** How far it is now; once it has ended, what came of it. */
    public ImportProgress progress() {
        return new ImportProgress(lines, taken, unchanged, rejected);
    }

    /** The first lines that could not be taken, ten at most. */
    public List<ImportError> errors() {
        return List.copyOf(errors);
    }
}
