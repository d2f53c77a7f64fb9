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
import org.decoymx.ledger.Fault;
import org.decoymx.ledger.Import;
import org.jspecify.annotations.Nullable;

/** What is said of an import while it goes on, and at its end: a line of JSON each. */
final class ImportAnswer {
    private static final int GZIP_BUFFER = 8_192;

    private final Import work;
    private final ObjectMapper json;

    ImportAnswer(Import work, ObjectMapper json) {
        this.work = work;
        this.json = json;
    }

    /**
     * The last line.
     *
     * @param done whether the body was read to its end, and all of it is on the disk that could be taken
     * @param error why it was not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Last(
            @JsonUnwrapped Import.Progress progress,
            boolean done,
            @Nullable String error,
            List<Import.Mistake> errors) {}

    /**
     * Imports the body.
     *
     * @throws IOException when nobody listens any more
     */
    void write(InputStream body, boolean gzip, OutputStream out) throws IOException {
        String error = null;
        try {
            work.run(gzip ? unzipped(body) : body, progress -> say(progress, out));
        } catch (Fault e) {
            error = e.getMessage();
        } catch (IOException e) {
            error = "the body could not be read to its end: " + e.getMessage();
        }
        say(new Last(work.progress(), error == null, error, work.mistakes()), out);
    }

    /** What a body says that was compressed with gzip. */
    static InputStream unzipped(InputStream body) throws IOException {
        return new GZIPInputStream(new Members(body), GZIP_BUFFER);
    }

    private void say(Object line, OutputStream out) throws IOException {
        out.write(json.writeValueAsBytes(line));
        out.write('\n');
        out.flush();
    }

    /** Says that there may be more, so that of files put one after the other each is read, and not only the first. */
    private static final class Members extends FilterInputStream {
        Members(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }
}
