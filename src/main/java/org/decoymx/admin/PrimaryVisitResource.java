package org.decoymx.admin;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.ledger.Collector;
import org.decoymx.primary.PrimaryVisits;
import org.jspecify.annotations.Nullable;

/** Hears who was seen at a primary MX: an address a line, and when it was. */
@Path(PrimaryVisitResource.PATH)
public final class PrimaryVisitResource {
    static final String PATH = "/witnesses";

    /** Whether compressed or not. */
    private static final long MAX_OCTETS = 16L << 20;

    /** Each holds a thread for as long as it lasts. */
    private static final int MAX_CONCURRENT_POSTS = 4;

    private static final long RETRY_SECONDS = 10;

    private final PrimaryVisits primaryVisits;
    private final Collector collector;
    private final BlocklistPublisher publisher;
    private final Clock clock;
    private final Semaphore postPermits = new Semaphore(MAX_CONCURRENT_POSTS);

    PrimaryVisitResource(PrimaryVisits witnesses, Collector collector, BlocklistPublisher publisher, Clock clock) {
        this.primaryVisits = witnesses;
        this.collector = collector;
        this.publisher = publisher;
        this.clock = clock;
    }

    /**
     * What came of it.
     *
     * @param lines how many lines there were, blank ones and comments too
     * @param taken how many were recorded
     * @param old how many were too long ago to matter
     * @param bad how many could not be understood
     * @param errors what was wrong with the first ten of those
     */
    public record VisitImportResult(long lines, long taken, long old, long bad, List<VisitLineError> errors) {}

    /** What was wrong with a line, counted from 1. What it said is not repeated, as strangers may have said it. */
    public record VisitLineError(long line, String error) {}

    @POST
    @RequiresRole(Role.WITNESS)
    @Produces(MediaType.APPLICATION_JSON)
    public VisitImportResult post(
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String encoding, InputStream body) {
        boolean gzip = "gzip".equalsIgnoreCase(encoding);
        if (encoding != null && !gzip && !encoding.equalsIgnoreCase("identity")) {
            throw new BadRequestException("Content-Encoding: gzip or none is allowed");
        }
        if (!postPermits.tryAcquire()) {
            throw new ServiceUnavailableException(
                    "There are " + MAX_CONCURRENT_POSTS + " such requests already; come back later", RETRY_SECONDS);
        }
        try {
            return recordVisits(parseBody(body, gzip));
        } finally {
            postPermits.release();
        }
    }

    private PrimaryVisitParser parseBody(InputStream body, boolean gzip) {
        PrimaryVisitParser lines = new PrimaryVisitParser(clock.instant(), primaryVisits.retention());
        try {
            InputStream bounded = new SizeLimitedInputStream(body, MAX_OCTETS);
            lines.parse(gzip ? new SizeLimitedInputStream(ImportResponseWriter.gunzip(bounded), MAX_OCTETS) : bounded);
            return lines;
        } catch (PrimaryVisitParser.TooManyLinesException e) {
            throw tooLarge("There are more than " + PrimaryVisitParser.MAX_LINES + " lines");
        } catch (SizeLimitedInputStream.BodyTooLargeException e) {
            throw tooLarge("There are more than " + (MAX_OCTETS >> 20) + " MB");
        } catch (IOException e) {
            throw new BadRequestException("The body could not be read to its end: " + e.getMessage());
        }
    }

    private static ClientErrorException tooLarge(String words) {
        return new ClientErrorException(
                words + "; nothing of it was taken; send it in parts", Status.REQUEST_ENTITY_TOO_LARGE);
    }

    private VisitImportResult recordVisits(PrimaryVisitParser lines) {
        Blocklist listing = publisher.evaluatedBlocklist();
        lines.visits()
                .forEach(seen -> primaryVisits.recordVisit(
                        seen.origin(),
                        seen.seenAt(),
                        listing.findEntry(seen.origin()).isPresent()));
        if (lines.hasPastVisits()) {
            collector.delist(sender -> primaryVisits.wasSeenBefore(
                    sender.origin(), Instant.ofEpochSecond(sender.latestScore().listedSince())));
        }
        return new VisitImportResult(
                lines.lineCount(), lines.visits().size(), lines.expiredCount(), lines.invalidCount(), lines.errors());
    }
}
