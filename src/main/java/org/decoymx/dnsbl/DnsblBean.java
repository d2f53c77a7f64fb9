package org.decoymx.dnsbl;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.decoymx.access.Networks;
import org.decoymx.inet.Hosts;
import org.decoymx.inet.OpenFiles;
import org.decoymx.inet.RequestPort;
import org.decoymx.listing.Citation;
import org.decoymx.listing.Publisher;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Opens the DNS port when there is a list to answer from. */
@ApplicationScoped
public class DnsblBean {
    private static final Logger LOG = Logger.getLogger(DnsblBean.class);
    private static final int AFTER_THE_LIST = 3_000;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_NETWORKS = 100;
    private static final int MAX_RATE = 1_000_000;
    private static final int PER_CLIENT = 50;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final long PATIENCE_SECONDS = 8;
    private static final String NETWORKS = "decoy.dnsbl.allowed-networks";

    private final DnsblConfig config;
    private final Answering answering;
    private final UdpPort udp;
    private final Vertx vertx;
    private final Clock clock;

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
        inRange("port", config.port(), MAX_PORT);
        inRange("answers-per-second", config.answersPerSecond(), MAX_RATE);
        List<String> networks = config.allowedNetworks().orElse(List.of());
        if (networks.size() > MAX_NETWORKS) {
            throw new ConfigurationException(
                    NETWORKS + ": there are " + networks.size() + "; " + MAX_NETWORKS + " at most are allowed");
        }
        return new Answering(
                new Responder(
                        checked("decoy.dnsbl.zone", () -> new Zone(config.zone(), hostname.orElse(""))), citation),
                publisher,
                checked(NETWORKS, () -> new Networks(networks)),
                new AnswerRate(config.answersPerSecond(), new SecureRandom().nextLong()),
                clock);
    }

    private static void inRange(String name, int value, int most) {
        if (value < 0 || value > most) {
            String key = "decoy.dnsbl." + name;
            throw new ConfigurationException(
                    key + ": '" + ConfigProvider.getConfig().getConfigValue(key).getValue() + "' is not allowed; 0 to "
                            + most + " is");
        }
    }

    private static <T> T checked(String key, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(key + ": " + e.getMessage());
        }
    }

    void start(@Observes @Priority(AFTER_THE_LIST) StartupEvent event) {
        if (config.port() == 0) {
            return;
        }
        List<String> hosts = Hosts.toBind(config.host());
        RequestPort tcp = new RequestPort(
                hosts,
                config.port(),
                new RequestPort.Limits(OpenFiles.forAsking(), PER_CLIENT, TcpMessages.MAX_QUERY, IDLE),
                clock,
                client -> Optional.of(new TcpMessages(answering, client)));
        try {
            vertx.deployVerticle(tcp).toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            udp.open(hosts, config.port());
        } catch (ExecutionException | TimeoutException | IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConfigurationException("decoy.dnsbl.host, decoy.dnsbl.port: cannot listen on "
                    + String.join(", ", config.host()) + " port " + config.port() + ": " + cause.getMessage()
                    + "; set an address of this machine and a port that is free, or port 0 for no DNS");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        LOG.infof(
                "DNSBL %s on %s port %d, UDP and TCP", config.zone(), String.join(", ", config.host()), config.port());
    }

    void stop(@Observes ShutdownEvent event) {
        udp.close();
    }
}
