package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.decoymx.ledger.LedgerImport;
import org.decoymx.store.StorageException;
import org.decoymx.support.ParseErrors;
import org.jspecify.annotations.Nullable;

/** Writes the progress and the summary of a ledger import as NDJSON. */
final class ImportResponseWriter {
    private static final int GZIP_BUFFER = 8_192;

    private final LedgerImport ledgerImport;
    private final ObjectMapper json;

    ImportResponseWriter(LedgerImport ledgerImport, ObjectMapper json) {
        this.ledgerImport = ledgerImport;
        this.json = json;
    }

    /**
     * The last line of the response.
     *
     * @param done whether the whole body was read and all valid records are committed
     * @param error why not; null if done
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ImportSummary(
            @JsonUnwrapped LedgerImport.ImportProgress progress,
            boolean done,
            @Nullable String error,
            List<ParseErrors.ParseError> errors) {}

    /**
     * Imports the body.
     *
     * @throws IOException if the client has disconnected
     */
    void importAndReport(InputStream body, boolean gzip, OutputStream out) throws IOException {
        String error = null;
        try {
            ledgerImport.run(gzip ? gunzip(body) : body, progress -> writeLine(progress, out));
        } catch (StorageException e) {
            error = e.getMessage();
        } catch (IOException e) {
            error = "the body could not be read completely: " + e.getMessage();
        }
        writeLine(new ImportSummary(ledgerImport.progress(), error == null, error, ledgerImport.errors()), out);
    }

    /** Returns a stream that decompresses all gzip members of the body. */
    static InputStream gunzip(InputStream body) throws IOException {
        return new GZIPInputStream(new MultiMemberInputStream(body), GZIP_BUFFER);
    }

    private void writeLine(Object line, OutputStream out) throws IOException {
        out.write(json.writeValueAsBytes(line));
        out.write('\n');
        out.flush();
    }

    /**
     * Reports that there is more input. {@link GZIPInputStream} reads another member only if {@code available} is not
     * 0, and a network stream may return 0 between two members.
     */
    private static final class MultiMemberInputStream extends FilterInputStream {
        MultiMemberInputStream(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }
}
