package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.decoymx.admin.login.AuditLog;
import org.decoymx.exemption.RuntimeExemption;
import org.decoymx.exemption.RuntimeExemptions;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.support.Role;
import org.jspecify.annotations.Nullable;

/** Lists, adds and removes exemptions at run time, for the administrator. */
@Path("/exemptions")
public final class ExemptionResource {
    private static final String CIDR = "{cidr:.+}";
    private static final long RETRY_SECONDS = 30;
    private static final int MAX_NAMED_NETWORKS = 3;

    private final RuntimeExemptions exemptions;
    private final ExemptNetworks exemptNetworks;
    private final ObjectMapper json;
    private final ManualCommand command;
    private final AuditLog audit;

    ExemptionResource(
            RuntimeExemptions exemptions,
            ExemptNetworks exemptNetworks,
            ObjectMapper json,
            ManualCommand command,
            AuditLog audit) {
        this.command = command;
        this.audit = audit;
        this.exemptions = exemptions;
        this.exemptNetworks = exemptNetworks;
        this.json = json;
    }

    /**
     * A network that was exempted at run time.
     *
     * @param until when it ends by itself; null for never
     * @param overruled the source that excludes the same network from exemption and takes precedence, such as "named in
     *     ..."; null if there is none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RuntimeExemptionView(
            String network,
            String why,
            Instant since,
            @Nullable Instant until,
            @Nullable String overruled) {

        private static RuntimeExemptionView of(RuntimeExemption exemption, Map<IpPrefix, String> overrides) {
            return new RuntimeExemptionView(
                    exemption.network().cidr(),
                    exemption.reason(),
                    exemption.since(),
                    exemption.until(),
                    overrides.get(exemption.network()));
        }
    }

    /** A source of exemptions with its number of networks. */
    public record SourceSummary(String name, int networks) {}

    /** The exemptions added at run time, and a summary of the other sources. */
    public record ExemptionOverview(List<RuntimeExemptionView> runtime, List<SourceSummary> sources) {}

    /** All networks of a source. */
    record SourceDetail(String name, Iterable<SourceNetwork> networks) {}

    /** A network of a source; if {@code exempt} is false, the source excludes it from exemption. */
    record SourceNetwork(String network, boolean exempt, String name) {

        private static SourceNetwork of(Exemption exemption) {
            return new SourceNetwork(exemption.network().cidr(), exemption.exempt(), exemption.description());
        }
    }

    @GET
    @RolesAllowed(Role.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    public Response get(@QueryParam("source") @Nullable String source) {
        return Response.ok(source == null ? summarizeSources() : streamSource(source))
                .build();
    }

    private ExemptionOverview summarizeSources() {
        Map<IpPrefix, String> overrides = findOverrides();
        return new ExemptionOverview(
                exemptions.all().stream()
                        .map(exemption -> RuntimeExemptionView.of(exemption, overrides))
                        .toList(),
                exemptNetworks.sources().entrySet().stream()
                        .filter(sourceEntry -> !sourceEntry.getKey().equals(RuntimeExemptions.SOURCE))
                        .map(sourceEntry -> new SourceSummary(
                                sourceEntry.getKey(), sourceEntry.getValue().size()))
                        .toList());
    }

    /** The networks that are excluded from exemption, each with the description of its source. */
    private Map<IpPrefix, String> findOverrides() {
        return exemptNetworks.sources().values().stream()
                .flatMap(List::stream)
                .filter(exemption -> !exemption.exempt())
                .collect(Collectors.toMap(Exemption::network, Exemption::description, (first, second) -> first));
    }

    /** Converts the networks while it writes them, because a source may have very many. */
    private StreamingOutput streamSource(String source) {
        List<Exemption> networks = exemptNetworks.sources().get(source);
        if (networks == null) {
            throw new NotFoundException("Unknown or empty source; available sources: "
                    + String.join(", ", exemptNetworks.sources().keySet()));
        }
        return out -> json.writeValue(out, new SourceDetail(source, () -> networks.stream()
                .map(SourceNetwork::of)
                .iterator()));
    }

    @PUT
    @Path(CIDR)
    @RolesAllowed(Role.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    public Response put(
            @PathParam("cidr") String cidr,
            @QueryParam("until") @Nullable String until,
            @QueryParam("for") @Nullable String duration,
            @Nullable String reason) {
        RuntimeExemptions.UpdateResult change = command.exempt(cidr, until, duration, reason == null ? "" : reason);
        return Response.status(change.created() ? Response.Status.CREATED : Response.Status.OK)
                .entity(RuntimeExemptionView.of(change.exemption(), findOverrides()))
                .build();
    }

    @DELETE
    @Path(CIDR)
    @RolesAllowed(Role.ADMIN)
    public void delete(@PathParam("cidr") String cidr) {
        try {
            IpPrefix network = IpText.parseNetwork(cidr).hostNetwork();
            if (!exemptions.remove(network)) {
                throw new NotFoundException(explainNotFound(network));
            }
            audit.record(network.cidr() + " is no longer exempt", "");
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage());
        } catch (IOException e) {
            throw new ServiceUnavailableException(String.valueOf(e.getMessage()), RETRY_SECONDS);
        }
    }

    private String explainNotFound(IpPrefix network) {
        String otherExemptions = exemptNetworks.sources().values().stream()
                .flatMap(List::stream)
                .filter(other -> other.exempt() && other.network().contains(network))
                .limit(MAX_NAMED_NETWORKS)
                .map(exemption -> exemption.network().cidr() + ", " + exemption.description())
                .collect(Collectors.joining("; "));
        return network.cidr() + " was not exempted at run time"
                + (otherExemptions.isEmpty() ? "" : "; it is exempt by another source: " + otherExemptions);
    }
}
