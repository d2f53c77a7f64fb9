package org.decoymx.dnsbl;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.net.ConfigChecks;
import org.decoymx.net.ListenAddresses;
import org.decoymx.net.OpenFileLimit;
import org.decoymx.net.RequestConnection;
import org.decoymx.net.TcpServer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens the DNS port after the first blocklist is published. */
@ApplicationScoped
public class DnsblLifecycle {
    private static final Logger LOG = Logger.getLogger(DnsblLifecycle.class);
    private static final int AFTER_BLOCKLIST_START = 3_000;
    private static final int MAX_CONNECTIONS_PER_CLIENT = 50;
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);
    private static final String PORT_KEY = "decoy.dnsbl.port";

    private final DnsblConfig config;
    private final DnsQueryService queryService;
    private final DnsUdpServer udp;
    private final Vertx vertx;
    private final Clock clock;
    private volatile @Nullable TcpServer tcp;

    DnsblLifecycle(DnsblConfig config, DnsQueryService queryService, Vertx vertx, Clock clock) {
        this.config = config;
        this.queryService = queryService;
        this.vertx = vertx;
        this.clock = clock;
        udp = new DnsUdpServer(queryService, vertx);
    }

    @Produces
    @Singleton
    static DnsQueryService queryService(
            DnsblConfig config,
            @ConfigProperty(name = "decoy.hostname") Optional<String> hostname,
            RejectMessage rejectMessage,
            BlocklistPublisher publisher,
            Clock clock) {
        return new DnsQueryService(
                new DnsblResponder(
                        ConfigChecks.parseValue(
                                "decoy.dnsbl.zone", () -> new DnsblZone(config.zone(), hostname.orElse(""))),
                        rejectMessage),
                publisher,
                ConfigChecks.parseNetworks(
                        "decoy.dnsbl.allowed-networks", config.allowedNetworks().orElse(List.of())),
                new ResponseRateLimiter(config.answersPerSecond(), new SecureRandom().nextLong()),
                clock);
    }

    void start(@Observes @Priority(AFTER_BLOCKLIST_START) StartupEvent event) {
        if (config.port() == 0) {
            return;
        }
        List<String> hosts = ListenAddresses.removeRedundantWildcard(config.host());
        int connections = OpenFileLimit.maxQueryConnections();
        TcpServer opened = RequestConnection.createServer(
                vertx,
                new RequestConnection.RequestLimits(
                        connections, MAX_CONNECTIONS_PER_CLIENT, DnsTcpRequestHandler.MAX_QUERY_OCTETS, IDLE_TIMEOUT),
                clock,
                client -> Optional.of(new DnsTcpRequestHandler(queryService, client)));
        try {
            opened.listen(hosts, config.port(), 1);
            udp.open(hosts, config.port());
        } catch (IOException e) {
            throw ConfigChecks.optionalListenFailure("decoy.dnsbl.host", PORT_KEY, hosts, config.port(), e);
        }
        tcp = opened;
        LOG.infof(
                "DNSBL %s on %s port %d, UDP and TCP, at most %d TCP connections",
                config.zone(), String.join(", ", config.host()), config.port(), connections);
    }

    /** Connections that were closed at once because the connection limit was reached. */
    public long refusedConnections() {
        TcpServer opened = tcp;
        return opened == null ? 0 : opened.rejectedConnections();
    }

    void stop(@Observes ShutdownEvent event) {
        udp.close();
    }
}
