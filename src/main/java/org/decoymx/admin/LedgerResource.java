package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.decoymx.admin.login.AuditLog;
import org.decoymx.ledger.LedgerImport;
import org.decoymx.ledger.LedgerTransfer;
import org.decoymx.store.StorageException;
import org.decoymx.support.ParseErrors;
import org.decoymx.support.Role;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Exports and imports the ledger as NDJSON of any size, for the administrator. */
@Path(LedgerResource.PATH)
public final class LedgerResource {
    static final String PATH = "/ledger";

    private static final Logger LOG = Logger.getLogger(LedgerResource.class);
    private static final String NDJSON = "application/x-ndjson";
    private static final String ENTRIES_HEADER = "Decoy-Entries";

    /** Each transfer occupies a thread until it ends. */
    private static final int MAX_TRANSFERS = 4;

    private static final long RETRY_SECONDS = 30;

    private final LedgerTransfer transfer;
    private final ObjectMapper json;
    private final AuditLog audit;
    private final Semaphore transferPermits = new Semaphore(MAX_TRANSFERS);

    LedgerResource(LedgerTransfer transfer, ObjectMapper json, AuditLog audit) {
        this.audit = audit;
        this.transfer = transfer;
        this.json = json;
    }

    /**
     * The last line of the response to an import.
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

    @GET
    @RolesAllowed(Role.ADMIN)
    @Produces(NDJSON)
    public Response get() {
        return Response.ok(withTransferPermit(this::export))
                .header(ENTRIES_HEADER, transfer.recordCount())
                .build();
    }

    private void export(OutputStream out) throws IOException {
        try {
            transfer.exportTo(out);
        } catch (StorageException e) {
            LOG.errorf("Ledger export failed: %s", e.getMessage());
            throw unavailable(String.valueOf(e.getMessage()));
        }
    }

    @POST
    @RolesAllowed(Role.ADMIN)
    @Produces(NDJSON)
    public Response post(@HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String encoding, InputStream body) {
        boolean gzip = RequestBody.isGzip(encoding);
        audit.record("an export is imported into the ledger", "");
        return Response.ok(withTransferPermit(out -> importAndReport(body, gzip, out)))
                .build();
    }

    /**
     * Imports the body, and writes the progress and the summary.
     *
     * @throws IOException if the client has disconnected
     */
    private void importAndReport(InputStream body, boolean gzip, OutputStream out) throws IOException {
        LedgerImport ledgerImport = transfer.newImport();
        String error = null;
        try {
            ledgerImport.run(gzip ? RequestBody.gunzip(body) : body, progress -> writeLine(progress, out));
        } catch (StorageException e) {
            error = e.getMessage();
        } catch (IOException e) {
            error = "the body could not be read completely: " + e.getMessage();
        }
        writeLine(new ImportSummary(ledgerImport.progress(), error == null, error, ledgerImport.errors()), out);
    }

    private void writeLine(Object line, OutputStream out) throws IOException {
        out.write(json.writeValueAsBytes(line));
        out.write('\n');
        out.flush();
    }

    /** An exception before the first octet is sent as a problem document; a later one closes the connection. */
    private StreamingOutput withTransferPermit(StreamingOutput transferTask) {
        return out -> {
            if (!transferPermits.tryAcquire()) {
                throw unavailable(
                        "Limit of " + MAX_TRANSFERS + " concurrent exports and imports reached; try again later");
            }
            try {
                transferTask.write(out);
            } finally {
                transferPermits.release();
            }
        };
    }

    private static ServiceUnavailableException unavailable(String detail) {
        return new ServiceUnavailableException(detail, RETRY_SECONDS);
    }
}
