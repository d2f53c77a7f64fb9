package org.decoymx.admin;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.decoymx.admin.login.AuditLog;
import org.decoymx.exchange.ExchangeService;
import org.decoymx.exchange.NodeStatus;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.support.Role;

/** The nodes whose states are in the ledger. */
@Path("/nodes")
public final class NodeResource {
    private static final long TIMEOUT_SECONDS = 50;
    private static final long RETRY_SECONDS = 30;

    private final NodeReports reports;
    private final ExchangeService exchange;
    private final SharedLedger ledger;
    private final AuditLog audit;

    NodeResource(NodeReports reports, ExchangeService exchange, SharedLedger ledger, AuditLog audit) {
        this.exchange = exchange;
        this.reports = reports;
        this.ledger = ledger;
        this.audit = audit;
    }

    /** A node whose states were deleted, with their number. */
    public record DroppedNode(String name, int states) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public NodeReport get() {
        return reports.current();
    }

    /** Deletes the states of a node that is gone, here and at all nodes that share. Blocks. */
    @DELETE
    @Path("{name}")
    @RolesAllowed(Role.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    public DroppedNode delete(@PathParam("name") String name) {
        NodeStatus node = reports.current().nodes().stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("No node of this name has states here; see /nodes"));
        if (node.own()) {
            throw new ClientErrorException(
                    "This is the node itself; another one can drop it", Response.Status.CONFLICT);
        }
        if (node.lastHeartbeat() != null && !node.silent()) {
            throw new ClientErrorException(
                    "The node is up: its last heartbeat was at " + node.lastHeartbeat() + "; stop it, and wait "
                            + NodeStatus.SILENCE.toMinutes() + " minutes",
                    Response.Status.CONFLICT);
        }
        DroppedNode dropped = new DroppedNode(name, drop(new Node(name)));
        audit.record("the " + dropped.states() + " states of node " + name + " were dropped", "");
        return dropped;
    }

    private int drop(Node node) {
        try {
            return exchange.drop(node)
                    .thenCompose(shared -> ledger.dropNode(node, () -> true))
                    .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new ServiceUnavailableException(
                    "The states of the node are not all deleted, as the brokers or the disk do not answer; try again",
                    RETRY_SECONDS);
        }
    }
}
