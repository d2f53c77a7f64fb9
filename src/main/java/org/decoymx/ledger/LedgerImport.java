package org.decoymx.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Instant;
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
import org.decoymx.net.IpPrefix;
import org.decoymx.store.StorageException;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.decoymx.support.BoundedLineReader;
import org.decoymx.support.ParseErrors;

/** One import. It reads lines and merges them in batches; each batch is committed before the next line is read. */
public final class LedgerImport {
    /** Maximum length of a line. */
    static final int MAX_LINE_OCTETS = 8_192;

    private static final int BATCH_SIZE = 2_000;

    /** Maximum number of nodes, each of which takes about 200 octets of memory; see also {@link NodeNumbers}. */
    static final int MAX_NODES = 50_000;

    private static final long REPORT_INTERVAL_MILLIS = 1_000;

    private final Set<Node> nodes;
    private final SenderLedger ledger;
    private final LedgerWriter writer;
    private final Clock clock;
    private final Map<BatchKey, LedgerRecord> batch = new LinkedHashMap<>();
    private final ParseErrors errors = new ParseErrors();
    private long lines;
    private long changed;
    private long unchanged;
    private long lastReportMillis;

    private record BatchKey(Node node, IpPrefix origin) {}

    /**
     * The progress of an import.
     *
     * @param lines number of lines read, without empty lines
     * @param taken number of records that changed the ledger and are committed
     * @param unchanged number of records that changed nothing
     * @param bad number of rejected lines
     */
    public record ImportProgress(long lines, long taken, long unchanged, long bad) {}

    /** Receives the progress once a second. */
    @FunctionalInterface
    public interface ProgressListener {

        /**
         * Called with the progress so far.
         *
         * @throws IOException if the client has disconnected; this ends the import
         */
        void onProgress(ImportProgress progress) throws IOException;
    }

    LedgerImport(SenderLedger ledger, LedgerWriter writer, Clock clock) {
        nodes = new HashSet<>(ledger.index().nodes());
        this.ledger = ledger;
        this.writer = writer;
        this.clock = clock;
        lastReportMillis = clock.millis();
    }

    /**
     * Reads to the end of the stream; must be called once. If reading fails, the lines before the failure are merged.
     *
     * @throws IOException if the stream cannot be read
     * @throws StorageException if the ledger cannot be written
     */
    public void run(InputStream in, ProgressListener listener) throws IOException, StorageException {
        try {
            read(new BoundedLineReader(in, MAX_LINE_OCTETS), listener);
        } catch (IOException e) {
            mergeBatch(listener);
            throw e;
        }
        mergeBatch(listener);
    }

    private void read(BoundedLineReader reader, ProgressListener listener) throws IOException, StorageException {
        for (byte[] line = reader.readLine(); line != null; line = reader.readLine()) {
            Instant now = clock.instant();
            processLine(line, reader, now);
            if (batch.size() == BATCH_SIZE) {
                mergeBatch(listener);
            }
            if (Math.abs(now.toEpochMilli() - lastReportMillis) >= REPORT_INTERVAL_MILLIS) {
                reportProgress(listener);
            }
        }
    }

    private void processLine(byte[] line, BoundedLineReader reader, Instant now) {
        if (isBlank(line)) {
            return;
        }
        lines++;
        try {
            if (reader.isTooLong()) {
                throw new InvalidRecordException("the line is longer than " + MAX_LINE_OCTETS + " octets");
            }
            addToBatch(LedgerRecordJson.read(line, now));
        } catch (InvalidRecordException e) {
            errors.add(reader.lineNumber(), e.description());
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

    private void addToBatch(LedgerRecord ledgerRecord) {
        Node node = ledgerRecord.node();
        if (!nodes.contains(node) && nodes.size() >= MAX_NODES) {
            throw new InvalidRecordException("node: too many nodes (at most " + MAX_NODES + " are allowed)");
        }
        nodes.add(node);
        BatchKey key = new BatchKey(node, ledgerRecord.origin());
        LedgerRecord earlier = batch.get(key);
        if (earlier != null) {
            unchanged++;
        }
        if (earlier == null || ledgerRecord.counts().isNewerThan(earlier.counts())) {
            batch.put(key, ledgerRecord);
        }
    }

    private void mergeBatch(ProgressListener listener) throws IOException, StorageException {
        if (batch.isEmpty()) {
            return;
        }
        try {
            List<LedgerRecord> records = List.copyOf(batch.values());
            int changedCount = awaitMerge(writer.merge(() -> ledger.merge(records)), listener);
            changed += changedCount;
            unchanged += batch.size() - changedCount;
            batch.clear();
        } catch (RejectedExecutionException e) {
            throw new StorageException(
                    StorageErrorKind.OTHER, "the decoy is shutting down; repeat the import after the restart");
        }
    }

    private int awaitMerge(CompletableFuture<Integer> merged, ProgressListener listener)
            throws IOException, StorageException {
        while (true) {
            try {
                return merged.get(REPORT_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                reportProgress(listener);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StorageException storageException) {
                    throw storageException;
                }
                throw new IllegalStateException("Cannot merge a batch into the ledger", e);
            }
        }
    }

    private void reportProgress(ProgressListener listener) throws IOException {
        lastReportMillis = clock.millis();
        listener.onProgress(progress());
    }

    /** The progress so far, or the result after the end. */
    public ImportProgress progress() {
        return new ImportProgress(lines, changed, unchanged, errors.count());
    }

    /** The first rejected lines, at most ten. */
    public List<ParseErrors.ParseError> errors() {
        return errors.first();
    }
}
