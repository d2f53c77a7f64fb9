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
import org.decoymx.exemption.Exemptions;
import org.decoymx.exemption.Grant;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Network;
import org.jspecify.annotations.Nullable;

/** Exempts networks at run time, takes them back, and tells who is exempt: for the administrator. */
@Path("/exemptions")
public final class ExemptionResource {
    private static final String CIDR = "{cidr:.+}";
    private static final long RETRY_SECONDS = 30;
    private static final int MAX_NAMED = 3;

    private final Exemptions exemptions;
    private final Exempt exempt;
    private final ObjectMapper json;

    ExemptionResource(Exemptions exemptions, Exempt exempt, ObjectMapper json) {
        this.exemptions = exemptions;
        this.exempt = exempt;
        this.json = json;
    }

    /**
     * A network that was exempted at run time.
     *
     * @param overruled where the same network is taken out again, which decides: "named in ..."; null for nowhere
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Granted(
            String network,
            String why,
            Instant since,
            @Nullable String overruled) {

        private static Granted of(Grant grant, Map<Network, String> overruling) {
            return new Granted(grant.network().toString(), grant.why(), grant.since(), overruling.get(grant.network()));
        }
    }

    /** A source of exemptions, and how many networks it names. */
    public record Source(String name, int networks) {}

    /** All that is exempt: what was put there at run time, and the other sources. */
    public record Overview(List<Granted> runtime, List<Source> sources) {}

    /** All that a source names. */
    record Named(String name, Iterable<Entry> networks) {}

    /** A network of a source; one that is not exempt is taken out again. */
    record Entry(String network, boolean exempt, String name) {

        private static Entry of(Exemption exemption) {
            return new Entry(exemption.network().toString(), exemption.exempt(), exemption.name());
        }
    }

    @GET
    @Only(Role.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    public Response get(@QueryParam("source") @Nullable String source) {
        return Response.ok(source == null ? overview() : list(source)).build();
    }

    private Overview overview() {
        Map<Network, String> overruling = overruling();
        return new Overview(
                exemptions.granted().stream()
                        .map(grant -> Granted.of(grant, overruling))
                        .toList(),
                exempt.sources().entrySet().stream()
                        .filter(said -> !said.getKey().equals(Exemptions.RUN_TIME))
                        .map(said -> new Source(said.getKey(), said.getValue().size()))
                        .toList());
    }

    /** The networks that are taken out again, each with who does so. */
    private Map<Network, String> overruling() {
        return exempt.sources().values().stream()
                .flatMap(List::stream)
                .filter(exemption -> !exemption.exempt())
                .collect(Collectors.toMap(Exemption::network, Exemption::name, (one, other) -> one));
    }

    /** There may be very many, so none is made before it is written. */
    private StreamingOutput list(String source) {
        List<Exemption> said = exempt.sources().get(source);
        if (said == null) {
            throw new NotFoundException("There is no such source, or it names nothing; those that do are: "
                    + String.join(", ", exempt.sources().keySet()));
        }
        return out -> json.writeValue(
                out, new Named(source, () -> said.stream().map(Entry::of).iterator()));
    }

    @PUT
    @Path(CIDR)
    @Only(Role.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    public Response put(@PathParam("cidr") String cidr, @Nullable String why) {
        try {
            Exemptions.Granted granted = exemptions.grant(Network.parse(cidr), why == null ? "" : why);
            return Response.status(granted.anew() ? Response.Status.CREATED : Response.Status.OK)
                    .entity(Granted.of(granted.grant(), overruling()))
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
    @Only(Role.ADMIN)
    public void delete(@PathParam("cidr") String cidr) {
        try {
            Network network = Network.parse(cidr);
            if (!exemptions.revoke(network)) {
                throw new NotFoundException(notThere(network));
            }
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage());
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private String notThere(Network network) {
        String others = exempt.sources().values().stream()
                .flatMap(List::stream)
                .filter(other -> other.exempt() && other.network().contains(network))
                .limit(MAX_NAMED)
                .map(exemption -> exemption.network() + ", " + exemption.name())
                .collect(Collectors.joining("; "));
        return network + " was not exempted at run time"
                + (others.isEmpty() ? "" : "; it is exempt all the same: " + others);
    }

    private static ServiceUnavailableException unavailable(IOException e) {
        return new ServiceUnavailableException(String.valueOf(e.getMessage()), RETRY_SECONDS);
    }
}
