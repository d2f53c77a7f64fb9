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
import org.decoymx.blocklist.Citation;
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Publisher;
import org.decoymx.ledger.Origin;
import org.decoymx.net.Hosts;
import org.decoymx.net.Keys;
import org.decoymx.net.Networks;
import org.decoymx.net.OpenFiles;
import org.decoymx.net.RequestPort;
import org.decoymx.net.Requests;
import org.decoymx.primary.Witnesses;
import org.jboss.logging.Logger;

/** Opens the ports of Postfix's look-ups when there is a list to answer from. */
@ApplicationScoped
public class LookupBean {
    private static final Logger LOG = Logger.getLogger(LookupBean.class);
    private static final int AFTER_THE_LIST = 3_000;

    /** Postfix closes a connection that it does not use after 300 s. */
    private static final Duration IDLE = Duration.ofMinutes(15);

    private static final String HOST = "decoy.lookup.host";
    private static final String POLICY_PORT = "decoy.lookup.policy-port";
    private static final String SOCKETMAP_PORT = "decoy.lookup.socketmap-port";
    private static final String NETWORKS = "decoy.lookup.allowed-networks";

    private final LookupConfig config;
    private final Lookup lookup;
    private final Publisher publisher;
    private final Witnesses witnesses;
    private final Vertx vertx;
    private final Clock clock;
    private final List<RequestPort> ports = new CopyOnWriteArrayList<>();

    LookupBean(LookupConfig config, Lookup lookup, Publisher publisher, Witnesses witnesses, Vertx vertx, Clock clock) {
        this.config = config;
        this.lookup = lookup;
        this.publisher = publisher;
        this.witnesses = witnesses;
        this.vertx = vertx;
        this.clock = clock;
    }

    @Produces
    @Singleton
    static Lookup lookup(LookupConfig config, Citation citation) {
        Keys.port(POLICY_PORT, config.policyPort());
        Keys.port(SOCKETMAP_PORT, config.socketmapPort());
        return new Lookup(config.action(), citation);
    }

    void start(@Observes @Priority(AFTER_THE_LIST) StartupEvent event) {
        Networks allowed = allowed();
        Supplier<Listing> listing = publisher::current;
        open(
                "Postfix policy service",
                POLICY_PORT,
                config.policyPort(),
                PolicyRequests.MAX_REQUEST,
                allowed,
                () -> new PolicyRequests(lookup, listing, this::witness));
        open(
                "socketmap",
                SOCKETMAP_PORT,
                config.socketmapPort(),
                SocketmapRequests.MAX_REQUEST,
                allowed,
                () -> new SocketmapRequests(lookup, listing));
    }

    private void witness(Origin client) {
        witnesses.record(
                client, clock.instant(), publisher.decided().find(client).isPresent());
    }

    /** Who asks the policy service is a witness, and can exempt whom he will; so it is not for all the world. */
    private Networks allowed() {
        Networks allowed = Keys.networks(NETWORKS, config.allowedNetworks().orElse(List.of()));
        for (String host : config.host()) {
            InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
            if (address == null) {
                throw new ConfigurationException(HOST + ": '" + host + "' is not allowed; IP addresses are");
            }
            if (!address.isLoopbackAddress() && allowed.isEmpty()) {
                throw new ConfigurationException(NETWORKS + ": there are none, and " + HOST + " is '" + host
                        + "', which is no loopback address; name the addresses of your mail servers, as 192.0.2.0/28");
            }
        }
        return allowed;
    }

    /** Connections that were closed at once, as there were too many, or their client may not ask. */
    public long refusedConnections() {
        return ports.stream().mapToLong(RequestPort::refused).sum();
    }

    private void open(
            String what, String portKey, int port, int maxRequest, Networks allowed, Supplier<Requests> requests) {
        if (port == 0) {
            return;
        }
        List<String> hosts = Hosts.toBind(config.host());
        int connections = OpenFiles.forAsking();
        RequestPort opened = new RequestPort(
                hosts,
                port,
                new RequestPort.Limits(connections, connections, maxRequest, IDLE),
                clock,
                client -> Optional.of(client)
                        .filter(from -> from.isLoopbackAddress() || allowed.contains(from))
                        .map(from -> requests.get()));
        try {
            opened.open(vertx);
        } catch (IOException e) {
            throw Keys.cannotListen(HOST, portKey, hosts, port, e);
        }
        ports.add(opened);
        LOG.infof("%s on %s port %d, %d connections", what, String.join(", ", hosts), port, connections);
    }
}
