package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
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
import org.decoymx.exemption.ExemptionService;
import org.decoymx.exemption.RuntimeExemption;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.IpNetwork;
import org.jspecify.annotations.Nullable;

/** Exempts networks at run time, takes them back, and tells who is exempt: for the administrator. */
@Path("/exemptions")
public final class ExemptionResource {
    private static final String CIDR = "{cidr:.+}";
    private static final long RETRY_SECONDS = 30;
    private static final int MAX_NAMED_NETWORKS = 3;

    private final ExemptionService exemptions;
    private final ExemptNetworks exemptNetworks;
    private final ObjectMapper json;

    ExemptionResource(ExemptionService exemptions, ExemptNetworks exempt, ObjectMapper json) {
        this.exemptions = exemptions;
        this.exemptNetworks = exempt;
        this.json = json;
    }

    /**
     * A network that was exempted at run time.
     *
     * @param overruled where the same network is taken out again, which decides: "named in ..."; null for nowhere
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RuntimeExemptionView(
            String network,
            String why,
            Instant since,
            @Nullable String overruled) {

        private static RuntimeExemptionView of(RuntimeExemption grant, Map<IpNetwork, String> overruling) {
            return new RuntimeExemptionView(
                    grant.network().toString(), grant.reason(), grant.since(), overruling.get(grant.network()));
        }
    }

    /** A source of exemptions, and how many networks it names. */
    public record SourceSummary(String name, int networks) {}

    /** All that is exempt: what was put there at run time, and the other sources. */
    public record ExemptionOverview(List<RuntimeExemptionView> runtime, List<SourceSummary> sources) {}

    /** All that a source names. */
    record SourceDetail(String name, Iterable<SourceNetwork> networks) {}

    /** A network of a source; one that is not exempt is taken out again. */
    record SourceNetwork(String network, boolean exempt, String name) {

        private static SourceNetwork of(Exemption exemption) {
            return new SourceNetwork(exemption.network().toString(), exemption.exempt(), exemption.description());
        }
    }

    @GET
    @RequiresRole(Role.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    public Response get(@QueryParam("source") @Nullable String source) {
        return Response.ok(source == null ? summarizeSources() : streamSource(source))
                .build();
    }

    private ExemptionOverview summarizeSources() {
        Map<IpNetwork, String> overruling = findOverrides();
        return new ExemptionOverview(
                exemptions.runtimeExemptions().stream()
                        .map(grant -> RuntimeExemptionView.of(grant, overruling))
                        .toList(),
                exemptNetworks.sources().entrySet().stream()
                        .filter(said -> !said.getKey().equals(ExemptionService.RUN_TIME_SOURCE))
                        .map(said ->
                                new SourceSummary(said.getKey(), said.getValue().size()))
                        .toList());
    }

    /** The networks that are taken out again, each with who does so. */
    private Map<IpNetwork, String> findOverrides() {
        return exemptNetworks.sources().values().stream()
                .flatMap(List::stream)
                .filter(exemption -> !exemption.exempt())
                .collect(Collectors.toMap(Exemption::network, Exemption::description, (one, other) -> one));
    }

    /** There may be very many, so none is made before it is written. */
    private StreamingOutput streamSource(String source) {
        List<Exemption> said = exemptNetworks.sources().get(source);
        if (said == null) {
            throw new NotFoundException("There is no such source, or it names nothing; those that do are: "
                    + String.join(", ", exemptNetworks.sources().keySet()));
        }
        return out -> json.writeValue(out, new SourceDetail(source, () -> said.stream()
                .map(SourceNetwork::of)
                .iterator()));
    }

    @PUT
    @Path(CIDR)
    @RequiresRole(Role.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    public Response put(@PathParam("cidr") String cidr, @Nullable String why) {
        try {
            ExemptionService.ExemptionChange granted =
                    exemptions.addExemption(IpNetwork.parse(cidr), why == null ? "" : why);
            return Response.status(granted.created() ? Response.Status.CREATED : Response.Status.OK)
                    .entity(RuntimeExemptionView.of(granted.exemption(), findOverrides()))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage());
        } catch (IllegalStateException e) {
            throw new ClientErrorException(e.getMessage(), Response.Status.CONFLICT);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    @DELETE
    @Path(CIDR)
    @RequiresRole(Role.ADMIN)
    public void delete(@PathParam("cidr") String cidr) {
        try {
            IpNetwork network = IpNetwork.parse(cidr);
            if (!exemptions.removeExemption(network)) {
                throw new NotFoundException(explainNotFound(network));
            }
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage());
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private String explainNotFound(IpNetwork network) {
        String others = exemptNetworks.sources().values().stream()
                .flatMap(List::stream)
                .filter(other -> other.exempt() && other.network().contains(network))
                .limit(MAX_NAMED_NETWORKS)
                .map(exemption -> exemption.network() + ", " + exemption.description())
                .collect(Collectors.joining("; "));
        return network + " was not exempted at run time"
                + (others.isEmpty() ? "" : "; it is exempt all the same: " + others);
    }

    private static ServiceUnavailableException unavailable(IOException e) {
        return new ServiceUnavailableException(String.valueOf(e.getMessage()), RETRY_SECONDS);
    }
}
