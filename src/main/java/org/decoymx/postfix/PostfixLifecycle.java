package org.decoymx.postfix;

import io.netty.util.NetUtil;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.ledger.Origin;
import org.decoymx.net.CidrSet;
import org.decoymx.net.ConfigChecks;
import org.decoymx.net.ListenAddresses;
import org.decoymx.net.OpenFileLimit;
import org.decoymx.net.RequestHandler;
import org.decoymx.net.TcpRequestServer;
import org.decoymx.primary.PrimaryVisits;
import org.jboss.logging.Logger;

/** Opens the ports of Postfix's look-ups when there is a list to answer from. */
@ApplicationScoped
public class PostfixLifecycle {
    private static final Logger LOG = Logger.getLogger(PostfixLifecycle.class);
    private static final int AFTER_BLOCKLIST_START = 3_000;

    /** Postfix closes a connection that it does not use after 300 s. */
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(15);

    private static final String HOST_KEY = "decoy.lookup.host";
    private static final String POLICY_PORT_KEY = "decoy.lookup.policy-port";
    private static final String SOCKETMAP_PORT_KEY = "decoy.lookup.socketmap-port";
    private static final String NETWORKS_KEY = "decoy.lookup.allowed-networks";

    private final LookupConfig config;
    private final PostfixLookup lookup;
    private final BlocklistPublisher publisher;
    private final PrimaryVisits primaryVisits;
    private final Vertx vertx;
    private final Clock clock;
    private final List<TcpRequestServer> ports = new CopyOnWriteArrayList<>();

    PostfixLifecycle(
            LookupConfig config,
            PostfixLookup lookup,
            BlocklistPublisher publisher,
            PrimaryVisits witnesses,
            Vertx vertx,
            Clock clock) {
        this.config = config;
        this.lookup = lookup;
        this.publisher = publisher;
        this.primaryVisits = witnesses;
        this.vertx = vertx;
        this.clock = clock;
    }

    @Produces
    @Singleton
    static PostfixLookup lookup(LookupConfig config, RejectMessage citation) {
        return new PostfixLookup(config.action(), citation);
    }

    void start(@Observes @Priority(AFTER_BLOCKLIST_START) StartupEvent event) {
        CidrSet allowed = allowedNetworks();
        Supplier<Blocklist> listing = publisher::servedBlocklist;
        openPort(
                "Postfix policy service",
                POLICY_PORT_KEY,
                config.policyPort(),
                PolicyRequestHandler.MAX_REQUEST,
                allowed,
                () -> new PolicyRequestHandler(lookup, listing, this::recordPrimaryVisit));
        openPort(
                "socketmap",
                SOCKETMAP_PORT_KEY,
                config.socketmapPort(),
                SocketmapRequestHandler.MAX_REQUEST,
                allowed,
                () -> new SocketmapRequestHandler(lookup, listing));
    }

    private void recordPrimaryVisit(Origin client) {
        primaryVisits.recordVisit(
                client,
                clock.instant(),
                publisher.evaluatedBlocklist().findEntry(client).isPresent());
    }

    /** Who asks the policy service is a witness, and can exempt whom he will; so it is not for all the world. */
    private CidrSet allowedNetworks() {
        CidrSet allowed = ConfigChecks.parseNetworks(
                NETWORKS_KEY, config.allowedNetworks().orElse(List.of()));
        for (String host : config.host()) {
            InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
            if (address == null) {
                throw new ConfigurationException(HOST_KEY + ": '" + host + "' is not allowed; IP addresses are");
            }
            if (!address.isLoopbackAddress() && allowed.isEmpty()) {
                throw new ConfigurationException(NETWORKS_KEY + ": there are none, and " + HOST_KEY + " is '" + host
                        + "', which is no loopback address; name the addresses of your mail servers, as 192.0.2.0/28");
            }
        }
        return allowed;
    }

    /** Connections that were closed at once, as there were too many, or their client may not ask. */
    public long refusedConnections() {
        return ports.stream().mapToLong(TcpRequestServer::rejectedConnections).sum();
    }

    private void openPort(
            String what, String portKey, int port, int maxRequest, CidrSet allowed, Supplier<RequestHandler> requests) {
        if (port == 0) {
            return;
        }
        List<String> hosts = ListenAddresses.removeRedundantWildcard(config.host());
        int connections = OpenFileLimit.maxQueryConnections();
        TcpRequestServer opened = new TcpRequestServer(
                hosts,
                port,
                new TcpRequestServer.ServerLimits(connections, connections, maxRequest, IDLE_TIMEOUT),
                clock,
                client -> Optional.of(client)
                        .filter(from -> from.isLoopbackAddress() || allowed.contains(from))
                        .map(from -> requests.get()));
        try {
            opened.listen(vertx);
        } catch (IOException e) {
            throw ConfigChecks.listenFailure(HOST_KEY, portKey, hosts, port, e);
        }
        ports.add(opened);
        LOG.infof("%s on %s port %d, %d connections", what, String.join(", ", hosts), port, connections);
    }
}
