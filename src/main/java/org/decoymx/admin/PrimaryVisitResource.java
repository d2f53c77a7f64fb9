package org.decoymx.admin;

import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.event.Event;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.ledger.Collector;
import org.decoymx.net.HttpClientAddress;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.OwnAddresses;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.ProtectionMessage.PrimaryVisit;
import org.decoymx.support.ParseErrors;
import org.decoymx.support.Role;
import org.jspecify.annotations.Nullable;

/** Accepts visit reports: who was seen at a primary MX, when, and what it did with the message. */
@Path(PrimaryVisitResource.PATH)
public final class PrimaryVisitResource {
    static final String PATH = "/witnesses";

    /** Limit of the body, before and after decompression. */
    private static final int MAX_MEGABYTES = 16;

    /** Each request occupies a thread until it ends. */
    private static final int MAX_CONCURRENT_POSTS = 4;

    private static final long RETRY_SECONDS = 10;

    private final PrimaryVisits primaryVisits;
    private final Collector collector;
    private final BlocklistPublisher publisher;
    private final EnvelopeHasher envelopeHasher;
    private final Event<PrimaryVisit> listedSeen;
    private final Clock clock;
    private final OwnAddresses own;
    private final Semaphore postPermits = new Semaphore(MAX_CONCURRENT_POSTS);

    PrimaryVisitResource(
            PrimaryVisits primaryVisits,
            Collector collector,
            BlocklistPublisher publisher,
            EnvelopeHasher envelopeHasher,
            Event<PrimaryVisit> listedSeen,
            Clock clock) {
        this.primaryVisits = primaryVisits;
        this.collector = collector;
        this.publisher = publisher;
        this.envelopeHasher = envelopeHasher;
        this.listedSeen = listedSeen;
        this.clock = clock;
        own = new OwnAddresses(clock);
    }

    /**
     * The result of a visit report.
     *
     * @param lines number of all lines, including blank lines and comments
     * @param taken number of visits recorded
     * @param old number of visits before the retention period
     * @param bad number of lines that are not valid
     * @param errors the first ten of those; the messages do not repeat the line, which may contain input of strangers
     */
    public record VisitImportResult(long lines, long taken, long old, long bad, List<ParseErrors.ParseError> errors) {
        static VisitImportResult of(PrimaryVisitReport report) {
            return new VisitImportResult(
                    report.lines(),
                    report.visits().size(),
                    report.expired(),
                    report.errors().count(),
                    report.errors().first());
        }
    }

    /**
     * Records a visit report.
     *
     * @param mx an address of the primary MX, if the request does not come from there
     */
    @POST
    @RolesAllowed(Role.WITNESS)
    @Produces(MediaType.APPLICATION_JSON)
    public VisitImportResult post(
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String encoding,
            @QueryParam("mx") @Nullable String mx,
            @Context HttpServerRequest request,
            InputStream body) {
        List<IpPrefix> sources = sources(mx, request);
        boolean gzip = RequestBody.isGzip(encoding);
        if (collector.visits().isBusy()) {
            throw new ServiceUnavailableException(
                    "The ledger does not keep up; report the same again later", RETRY_SECONDS);
        }
        if (!postPermits.tryAcquire()) {
            throw new ServiceUnavailableException(
                    "Limit of " + MAX_CONCURRENT_POSTS + " concurrent visit reports reached; try again later",
                    RETRY_SECONDS);
        }
        try {
            return recordVisits(parseBody(body, gzip), sources);
        } finally {
            postPermits.release();
        }
    }

    private PrimaryVisitReport parseBody(InputStream body, boolean gzip) {
        try {
            InputStream limited = RequestBody.limit(body, MAX_MEGABYTES);
            return PrimaryVisitReport.parse(
                    gzip ? RequestBody.limit(RequestBody.gunzip(limited), MAX_MEGABYTES) : limited,
                    clock.instant(),
                    primaryVisits.retention());
        } catch (RequestBody.TooLargeException e) {
            throw new ClientErrorException(
                    "The report has more than " + e.getMessage()
                            + "; nothing was recorded; send it in several requests",
                    Status.REQUEST_ENTITY_TOO_LARGE);
        } catch (IOException e) {
            throw new BadRequestException("The body could not be read completely: " + e.getMessage());
        }
    }

    private VisitImportResult recordVisits(PrimaryVisitReport report, List<IpPrefix> sources) {
        List<PrimaryVisitLine> visits = report.visits().stream()
                .filter(visit -> !own.contains(visit.origin()))
                .toList();
        Instant now = clock.instant();
        List<PrimaryVisit> seen = visits.stream()
                .map(visit -> new PrimaryVisit(
                        visit.origin(),
                        visit.seenAt(),
                        publisher.isListedItself(visit.origin(), now),
                        sources.stream().findFirst()))
                .toList();
        collector.visits().recordVisits(seen);
        seen.stream().filter(PrimaryVisit::listed).forEach(listedSeen::fire);
        collector.visits().recordAttempts(attempts(visits, false), false);
        collector.visits().recordAttempts(attempts(visits, true), true);
        visits.stream()
                .filter(visit ->
                        visit.result().filter(VisitResult.ACCEPTED::equals).isPresent())
                .forEach(visit -> collector.visits().recordAccepted(visit.origin(), visit.seenAt()));
        collector
                .visits()
                .recordEnvelopes(visits.stream()
                        .flatMap(visit -> visit.envelope(envelopeHasher).stream())
                        .toList());
        // last, so that nobody is confirmed before the returns in this report are recorded
        report.visits().forEach(visit -> collector.visits().recordReport(visit.seenAt(), sources));
        return VisitImportResult.of(report);
    }

    private List<PrimaryAttempt> attempts(List<PrimaryVisitLine> visits, boolean timed) {
        return visits.stream()
                .filter(visit -> visit.timed() == timed)
                .map(visit -> visit.attempt(envelopeHasher))
                .toList();
    }

    /** The addresses of the primary that the report comes from. */
    private static List<IpPrefix> sources(@Nullable String mx, HttpServerRequest request) {
        if (mx == null) {
            return HttpClientAddress.of(request).stream().toList();
        }
        return List.of(IpText.parseAddress(mx)
                .orElseThrow(() -> new BadRequestException(
                        "mx must be an IP address of the real MX (examples: 192.0.2.1, 2001:db8::1)")));
    }
}
