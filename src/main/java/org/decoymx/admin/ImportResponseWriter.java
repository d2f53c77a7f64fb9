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
import org.decoymx.ledger.StorageException;
import org.jspecify.annotations.Nullable;

/** What is said of an import while it goes on, and at its end: a line of JSON each. */
final class ImportResponseWriter {
    private static final int GZIP_BUFFER = 8_192;

    private final LedgerImport ledgerImport;
    private final ObjectMapper json;

    ImportResponseWriter(LedgerImport work, ObjectMapper json) {
        this.ledgerImport = work;
        this.json = json;
    }

    /**
     * The last line.
     *
     * @param done whether the body was read to its end, and all of it is on the disk that could be taken
     * @param error why it was not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ImportSummary(
            @JsonUnwrapped LedgerImport.ImportProgress progress,
            boolean done,
            @Nullable String error,
            List<LedgerImport.ImportError> errors) {}

    /**
     * Imports the body.
     *
     * @throws IOException when nobody listens any more
     */
    void importAndReport(InputStream body, boolean gzip, OutputStream out) throws IOException {
        String error = null;
        try {
            ledgerImport.run(gzip ? gunzip(body) : body, progress -> writeLine(progress, out));
        } catch (StorageException e) {
            error = e.getMessage();
        } catch (IOException e) {
            error = "the body could not be read to its end: " + e.getMessage();
        }
        writeLine(new ImportSummary(ledgerImport.progress(), error == null, error, ledgerImport.errors()), out);
    }

    /** What a body says that was compressed with gzip. */
    static InputStream gunzip(InputStream body) throws IOException {
        return new GZIPInputStream(new MultiMemberInputStream(body), GZIP_BUFFER);
    }

    private void writeLine(Object line, OutputStream out) throws IOException {
        out.write(json.writeValueAsBytes(line));
        out.write('\n');
        out.flush();
    }

    /** Says that there may be more, so that of files put one after the other each is read, and not only the first. */
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
