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
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Publisher;
import org.decoymx.ledger.Collector;
import org.decoymx.primary.Witnesses;
import org.jspecify.annotations.Nullable;

/** Hears who was seen at a primary MX: an address a line, and when it was. */
@Path(WitnessResource.PATH)
public final class WitnessResource {
    static final String PATH = "/witnesses";

    /** Whether compressed or not. */
    private static final long MAX_OCTETS = 16L << 20;

    /** Each holds a thread for as long as it lasts. */
    private static final int MAX_POSTS = 4;

    private static final long RETRY_SECONDS = 10;

    private final Witnesses witnesses;
    private final Collector collector;
    private final Publisher publisher;
    private final Clock clock;
    private final Semaphore places = new Semaphore(MAX_POSTS);

    WitnessResource(Witnesses witnesses, Collector collector, Publisher publisher, Clock clock) {
        this.witnesses = witnesses;
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
    public record Answer(long lines, long taken, long old, long bad, List<Mistake> errors) {}

    /** What was wrong with a line, counted from 1. What it said is not repeated, as strangers may have said it. */
    public record Mistake(long line, String error) {}

    @POST
    @Only(Role.WITNESS)
    @Produces(MediaType.APPLICATION_JSON)
    public Answer post(@HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String encoding, InputStream body) {
        boolean gzip = "gzip".equalsIgnoreCase(encoding);
        if (encoding != null && !gzip && !encoding.equalsIgnoreCase("identity")) {
            throw new BadRequestException("Content-Encoding: gzip or none is allowed");
        }
        if (!places.tryAcquire()) {
            throw new ServiceUnavailableException(
                    "There are " + MAX_POSTS + " such requests already; come back later", RETRY_SECONDS);
        }
        try {
            return take(read(body, gzip));
        } finally {
            places.release();
        }
    }

    private WitnessLines read(InputStream body, boolean gzip) {
        WitnessLines lines = new WitnessLines(clock.instant(), witnesses.kept());
        try {
            InputStream bounded = new Bounded(body, MAX_OCTETS);
            lines.read(gzip ? new Bounded(ImportAnswer.unzipped(bounded), MAX_OCTETS) : bounded);
            return lines;
        } catch (WitnessLines.TooMany e) {
            throw tooLarge("There are more than " + WitnessLines.MAX_LINES + " lines");
        } catch (Bounded.TooLong e) {
            throw tooLarge("There are more than " + (MAX_OCTETS >> 20) + " MB");
        } catch (IOException e) {
            throw new BadRequestException("The body could not be read to its end: " + e.getMessage());
        }
    }

    private static ClientErrorException tooLarge(String words) {
        return new ClientErrorException(
                words + "; nothing of it was taken; send it in parts", Status.REQUEST_ENTITY_TOO_LARGE);
    }

    private Answer take(WitnessLines lines) {
        Listing listing = publisher.decided();
        lines.seen()
                .forEach(seen -> witnesses.record(
                        seen.origin(), seen.at(), listing.find(seen.origin()).isPresent()));
        if (lines.isLate()) {
            collector.pardon(sender -> witnesses.wasSeenBefore(
                    sender.origin(), Instant.ofEpochSecond(sender.latest().listedSince())));
        }
        return new Answer(lines.lines(), lines.seen().size(), lines.old(), lines.bad(), lines.errors());
    }
}
