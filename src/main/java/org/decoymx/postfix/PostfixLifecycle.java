package org.decoymx.postfix;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.ListenAddresses;
import org.decoymx.net.OpenFileLimit;
import org.decoymx.net.PrefixMap;
import org.decoymx.net.RequestConnection;
import org.decoymx.net.RequestHandler;
import org.decoymx.net.TcpServer;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.TrustIndex;
import org.decoymx.primary.OpenProbes;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.ProtectionMessage;
import org.decoymx.sighting.ProtectionMessage.PrimaryVisit;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;

/** Opens the ports of the Postfix lookups after the first blocklist is published. */
@ApplicationScoped
public class PostfixLifecycle {
    private static final Logger LOG = Logger.getLogger(PostfixLifecycle.class);

    /** Longer than the 300 s after which Postfix closes an idle connection. */
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(15);

    private static final String HOST_KEY = "decoy.lookup.host";
    private static final String POLICY_PORT_KEY = "decoy.lookup.policy-port";
    private static final String SOCKETMAP_PORT_KEY = "decoy.lookup.socketmap-port";

    private final LookupConfig config;
    private final PostfixLookup lookup;
    private final BlocklistPublisher publisher;
    private final ClientTrust trust;
    private final Vertx vertx;
    private final SteadyClock clock;
    private final List<TcpServer> ports = new CopyOnWriteArrayList<>();

    PostfixLifecycle(
            LookupConfig config,
            PostfixLookup lookup,
            BlocklistPublisher publisher,
            TrustIndex trustIndex,
            DeliveryAttempts attempts,
            EnvelopeHasher envelopeHasher,
            OpenProbes openProbes,
            Vertx vertx,
            SteadyClock clock) {
        trust = new ClientTrust(trustIndex, attempts, envelopeHasher, openProbes, clock);
        this.config = config;
        this.lookup = lookup;
        this.publisher = publisher;
        this.vertx = vertx;
        this.clock = clock;
    }

    @Produces
    @Singleton
    static PostfixLookup lookup(LookupConfig config, RejectMessage rejectMessage, TrustIndex trust, SteadyClock clock) {
        return new PostfixLookup(config.action(), rejectMessage, trust.events().hours(), clock);
    }

    void start(@Observes @Priority(StartOrder.BLOCKLIST_PORTS) StartupEvent event) {
        if (config.action() == PostfixAction.REJECT) {
            LOG.warn("decoy.lookup.action: reject also rejects suspects, and so good senders that would try again; the"
                    + " default, graduated, defers them");
        }
        PrefixMap<IpPrefix> allowed = PrefixMap.parse(config.allowedNetworks().orElse(List.of()));
        Supplier<Blocklist> blocklist = publisher::servedBlocklist;
        openPort(
                "Postfix policy service",
                POLICY_PORT_KEY,
                config.policyPort(),
                PolicyRequestHandler.MAX_REQUEST,
                allowed,
                client -> new PolicyRequestHandler(lookup, blocklist, trust, IpPrefix.of(client), this::publishVisit));
        openPort(
                "Postfix socketmap",
                SOCKETMAP_PORT_KEY,
                config.socketmapPort(),
                SocketmapRequestHandler.MAX_REQUEST,
                allowed,
                client -> new SocketmapRequestHandler(lookup, blocklist));
    }

    private void publishVisit(IpPrefix client, IpPrefix mx) {
        Instant now = clock.instant();
        vertx.eventBus()
                .publish(
                        ProtectionMessage.EVENT_BUS_ADDRESS,
                        new PrimaryVisit(client, now, publisher.isListedItself(client, now), Optional.of(mx)));
    }

    /** Connections that were closed at once: connection limit reached, or client not allowed. */
    public long refusedConnections() {
        return ports.stream().mapToLong(TcpServer::rejectedConnections).sum();
    }

    private void openPort(
            String name,
            String portKey,
            int port,
            int maxRequest,
            PrefixMap<IpPrefix> allowed,
            Function<InetAddress, RequestHandler> handlers) {
        if (port == 0) {
            return;
        }
        List<String> hosts = ListenAddresses.removeRedundantWildcard(config.host());
        int connections = OpenFileLimit.maxQueryConnections();
        TcpServer opened = RequestConnection.createServer(
                vertx,
                new RequestConnection.RequestLimits(connections, connections, maxRequest, IDLE_TIMEOUT),
                clock.durations(),
                client -> Optional.of(client)
                        .filter(address -> address.isLoopbackAddress() || allowed.contains(address))
                        .map(handlers));
        try {
            opened.listen(hosts, port, 1);
        } catch (IOException e) {
            throw ListenAddresses.optionalListenFailure(HOST_KEY, portKey, hosts, port, e);
        }
        ports.add(opened);
        LOG.infof("%s on %s port %d, at most %d connections", name, String.join(", ", hosts), port, connections);
    }
}
