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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.net.ListenAddresses;
import org.decoymx.net.OpenFileLimit;
import org.decoymx.net.PrefixMap;
import org.decoymx.net.RequestConnection;
import org.decoymx.net.TcpServer;
import org.decoymx.net.WarmUp;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens the DNS port after the first blocklist is published. */
@ApplicationScoped
public class DnsblLifecycle {
    private static final Logger LOG = Logger.getLogger(DnsblLifecycle.class);
    private static final int MAX_CONNECTIONS_PER_CLIENT = 50;
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLIENTS_INTERVAL = Duration.ofSeconds(10);

    /** Unless set, for clients that may have a forged address. */
    private static final int DEFAULT_ANSWERS_PER_SECOND = 20;

    private static final String PORT_KEY = "decoy.dnsbl.port";

    private final DnsblConfig config;
    private final DnsQueryService queryService;
    private final DnsUdpServer udp;
    private final DnsblClients clients;
    private final PeriodicJobs jobs;
    private final Vertx vertx;
    private final SteadyClock clock;
    private volatile @Nullable TcpServer tcp;

    DnsblLifecycle(
            DnsblConfig config,
            DnsQueryService queryService,
            DnsblClients clients,
            PeriodicJobs jobs,
            Vertx vertx,
            SteadyClock clock) {
        this.clients = clients;
        this.jobs = jobs;
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
            DnsblClients clients,
            SteadyClock clock) {
        return new DnsQueryService(
                new DnsblResponder(new DnsblZone(config.zone(), hostname.orElse("")), rejectMessage),
                publisher,
                clients,
                new ResponseRateLimiter(
                        config.answersPerSecond().orElse(DEFAULT_ANSWERS_PER_SECOND), new SecureRandom().nextLong()),
                clock);
    }

    @Produces
    @Singleton
    static DnsblClients clients(DnsblConfig config) {
        return new DnsblClients(
                PrefixMap.parse(config.allowedNetworks().orElse(List.of())),
                config.answersPerSecond().isPresent(),
                ListenAddresses::localNetworks);
    }

    void start(@Observes @Priority(StartOrder.BLOCKLIST_PORTS) StartupEvent event) {
        if (config.port() == 0) {
            return;
        }
        List<String> hosts = ListenAddresses.removeRedundantWildcard(config.host());
        int connections = OpenFileLimit.maxQueryConnections();
        TcpServer opened = RequestConnection.createServer(
                vertx,
                new RequestConnection.RequestLimits(
                        connections, MAX_CONNECTIONS_PER_CLIENT, DnsTcpRequestHandler.MAX_QUERY_OCTETS, IDLE_TIMEOUT),
                clock.durations(),
                client -> Optional.of(new DnsTcpRequestHandler(queryService, client)));
        try {
            opened.listen(hosts, config.port(), 1);
            udp.open(hosts, config.port());
        } catch (IOException e) {
            throw ListenAddresses.optionalListenFailure("decoy.dnsbl.host", PORT_KEY, hosts, config.port(), e);
        }
        tcp = opened;
        jobs.schedule("DNSBL clients", CLIENTS_INTERVAL, clients::refresh);
        LOG.infof(
                "DNSBL %s on %s port %d, UDP and TCP, at most %d TCP connections, for %s",
                config.zone(),
                String.join(", ", config.host()),
                config.port(),
                connections,
                config.allowedNetworks()
                        .map(networks -> String.join(", ", networks))
                        .orElse("loopback, private and own networks"));
    }

    void warmUp(@Observes @Priority(StartOrder.AFTER_ALL_PORTS) StartupEvent event) {
        if (tcp != null) {
            new WarmUp("DNS", () -> queryService.answerTestQuery(config.zone())).schedule();
        }
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
