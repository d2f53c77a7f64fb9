package org.decoymx.feed;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * The feeds: {@code GET} and {@code HEAD}, with the validators that mail software asks by. To make the body of a long
 * listing takes its time, so this never runs on an event loop.
 */
@Blocking
@Path("/")
public final class FeedResource {
    private final Catalogue catalogue;
    private final FeedConfig config;
    private final Clock clock;

    FeedResource(Catalogue catalogue, FeedConfig config, Clock clock) {
        this.catalogue = catalogue;
        this.config = config;
        this.clock = clock;
    }

    /** An entry of the catalogue. */
    public record Entry(String name, String url, String mediaType, String consumer, String example) {}

    @GET
    @Path("feeds")
    @Produces(MediaType.APPLICATION_JSON)
    public List<Entry> feeds(@Context UriInfo uri) {
        return catalogue.formats().stream().map(format -> entry(format, uri)).toList();
    }

    private static Entry entry(Format format, UriInfo uri) {
        String url = uri.getBaseUriBuilder()
                .path("feeds")
                .path(format.name())
                .build()
                .toString();
        return new Entry(format.name(), url, format.mediaType(), format.consumer(), format.example(url));
    }

    @GET
    @Path("blocklist.txt")
    public Response blocklist(@Context HttpHeaders headers) {
        return feed("plain", headers);
    }

    @GET
    @Path("feeds/{format}")
    public Response feed(@PathParam("format") String name, @Context HttpHeaders headers) {
        Format format = catalogue
                .find(name)
                .orElseThrow(() -> new NotFoundException("There is no such feed; the feeds are: " + catalogue.names()));
        Catalogue.Body body = catalogue.body(format);
        Date modified = Date.from(body.modified());
        EntityTag tag = new EntityTag(body.tag());
        ResponseBuilder response = Conditions.isUnchanged(headers, body.tag(), body.modified())
                ? Response.notModified()
                : Response.ok(body.octets(), format.mediaType())
                        .header(HttpHeaders.CONTENT_LENGTH, body.octets().length());
        Instant now = clock.instant();
        return response.tag(tag)
                .lastModified(modified)
                .header(HttpHeaders.DATE, Date.from(now))
                .expires(Date.from(now.plus(config.maxAge())))
                .header(HttpHeaders.CACHE_CONTROL, "max-age=" + config.maxAge().toSeconds())
                .build();
    }
}
