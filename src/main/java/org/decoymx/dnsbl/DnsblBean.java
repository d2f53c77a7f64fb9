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
import org.decoymx.blocklist.Citation;
import org.decoymx.blocklist.Publisher;
import org.decoymx.net.Hosts;
import org.decoymx.net.Keys;
import org.decoymx.net.OpenFiles;
import org.decoymx.net.RequestPort;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens the DNS port when there is a list to answer from. */
@ApplicationScoped
public class DnsblBean {
    private static final Logger LOG = Logger.getLogger(DnsblBean.class);
    private static final int AFTER_THE_LIST = 3_000;
    private static final int MAX_RATE = 1_000_000;
    private static final int PER_CLIENT = 50;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final String PORT = "decoy.dnsbl.port";

    private final DnsblConfig config;
    private final Answering answering;
    private final UdpPort udp;
    private final Vertx vertx;
    private final Clock clock;
    private volatile @Nullable RequestPort tcp;

    DnsblBean(DnsblConfig config, Answering answering, Vertx vertx, Clock clock) {
        this.config = config;
        this.answering = answering;
        this.vertx = vertx;
        this.clock = clock;
        udp = new UdpPort(answering, vertx);
    }

    @Produces
    @Singleton
    static Answering answering(
            DnsblConfig config,
            @ConfigProperty(name = "decoy.hostname") Optional<String> hostname,
            Citation citation,
            Publisher publisher,
            Clock clock) {
        Keys.port(PORT, config.port());
        Keys.inRange("decoy.dnsbl.answers-per-second", config.answersPerSecond(), 0, MAX_RATE);
        return new Answering(
                new Responder(
                        Keys.checked("decoy.dnsbl.zone", () -> new Zone(config.zone(), hostname.orElse(""))), citation),
                publisher,
                Keys.networks(
                        "decoy.dnsbl.allowed-networks", config.allowedNetworks().orElse(List.of())),
                new AnswerRate(config.answersPerSecond(), new SecureRandom().nextLong()),
                clock);
    }

    void start(@Observes @Priority(AFTER_THE_LIST) StartupEvent event) {
        if (config.port() == 0) {
            return;
        }
        List<String> hosts = Hosts.toBind(config.host());
        int connections = OpenFiles.forAsking();
        RequestPort opened = new RequestPort(
                hosts,
                config.port(),
                new RequestPort.Limits(connections, PER_CLIENT, TcpMessages.MAX_QUERY, IDLE),
                clock,
                client -> Optional.of(new TcpMessages(answering, client)));
        try {
            opened.open(vertx);
            udp.open(hosts, config.port());
        } catch (IOException e) {
            throw Keys.cannotListen("decoy.dnsbl.host", PORT, hosts, config.port(), e);
        }
        tcp = opened;
        LOG.infof(
                "DNSBL %s on %s port %d, UDP and TCP of %d connections",
                config.zone(), String.join(", ", config.host()), config.port(), connections);
    }

    /** Connections that were closed at once, as there were too many. */
    public long refusedConnections() {
        RequestPort opened = tcp;
        return opened == null ? 0 : opened.refused();
    }

    void stop(@Observes ShutdownEvent event) {
        udp.close();
    }
}
