package org.decoymx.admin.check;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.decoymx.exemption.DefaultGateways;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.PrefixMap;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.server.SmtpServer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the internet reaches the SMTP port, and whether its addresses arrive there: with a container, all clients may
 * have the address of the gateway. It counts the sessions since the start. Thread-safe.
 */
@Singleton
final class SessionFindings implements FindingSource {
    private static final String PORT = "port25";
    private static final String ADDRESS = "source-address";
    private static final Duration LATELY = Duration.ofDays(7);
    private static final Duration PATIENCE = Duration.ofDays(1);
    private static final long ENOUGH = 20;
    private static final int MAX_LOCAL = 1_000;
    private static final String KEEP_ADDRESS =
            "If that is your router or a proxy, let it keep the address of the client, or send a PROXY header:"
                    + " decoy.smtp.proxy-protocol.trusted.";
    private static final PrefixMap<IpPrefix> LOCAL = PrefixMap.parse(List.of(
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "::1",
            "fc00::/7",
            "fe80::/10"));

    private final Supplier<List<InetAddress>> gateways;
    private final String listens;
    private final Clock clock;
    private final Instant start;
    private final Map<InetAddress, Long> local = new LinkedHashMap<>();
    private @Nullable Instant lastPublic;
    private @Nullable IpPrefix onlyNetwork;
    private boolean hasSeveralNetworks;
    private long publicSessions;

    @Inject
    SessionFindings(SmtpServer server, Clock clock) {
        this(DefaultGateways::findReadable, server.describeListenAddresses(), clock);
    }

    /**
     * @param gateways finds the default gateways of this machine
     * @param listens where the SMTP port is
     */
    SessionFindings(Supplier<List<InetAddress>> gateways, String listens, Clock clock) {
        this.gateways = gateways;
        this.listens = listens;
        this.clock = clock;
        start = clock.instant();
    }

    void listen(@Observes StartupEvent event, Vertx vertx) {
        vertx.eventBus()
                .<Sighting>localConsumer(
                        Sighting.EVENT_BUS_ADDRESS,
                        message -> record(message.body().address()));
    }

    /** Records that a client connected; once or twice for a session. */
    synchronized void record(InetAddress client) {
        if (LOCAL.contains(client)) {
            if (local.size() < MAX_LOCAL || local.containsKey(client)) {
                local.merge(client, 1L, Long::sum);
            }
            return;
        }
        IpPrefix network = IpPrefix.of(client).neighborhood();
        hasSeveralNetworks |= onlyNetwork != null && !onlyNetwork.equals(network);
        onlyNetwork = network;
        publicSessions++;
        lastPublic = clock.instant();
    }

    @Override
    public List<Finding> find() {
        List<InetAddress> gates = gateways.get(); // reads files, so without the lock that each session needs
        synchronized (this) {
            return List.of(judgePort(), judgeAddress(gates));
        }
    }

    private Finding judgePort() {
        Instant now = clock.instant();
        Instant last = lastPublic;
        if (last != null && now.isBefore(last.plus(LATELY))) {
            return Finding.ok(
                    PORT,
                    "The internet reaches the SMTP port; its last client came at "
                            + last.truncatedTo(ChronoUnit.SECONDS) + ".");
        }
        String text = last == null
                ? "No client from the internet has reached the SMTP port since the start at "
                        + start.truncatedTo(ChronoUnit.SECONDS)
                        + (local.isEmpty() ? "." : "; only private addresses have.")
                : "No client from the internet has reached the SMTP port since " + last.truncatedTo(ChronoUnit.SECONDS)
                        + ".";
        String advice = "Connect to port 25 from outside, as with nc HOST 25. If that fails, look at the firewall,"
                + " at the address of the MX record, and at what passes port 25 to the decoy, which listens on "
                + listens
                + ".";
        return now.isBefore(start.plus(PATIENCE))
                ? Finding.unknown(PORT, text, advice)
                : Finding.warning(PORT, text, advice);
    }

    private Finding judgeAddress(List<InetAddress> gates) {
        for (Map.Entry<InetAddress, Long> client : local.entrySet()) {
            // the host of a container comes through the gateway, too, as when its administrator tries the port
            if (gates.contains(client.getKey()) && (publicSessions == 0 || client.getValue() >= ENOUGH)) {
                return judgeGateway(client.getKey().getHostAddress());
            }
        }
        if (publicSessions == 0) {
            return judgeLocalClients();
        }
        if (!hasSeveralNetworks && publicSessions >= ENOUGH) {
            return Finding.warning(ADDRESS, "All clients came from one network, " + onlyNetwork + ".", KEEP_ADDRESS);
        }
        return Finding.ok(ADDRESS, "The decoy sees the addresses of its clients.");
    }

    /**
     * A proxy of a container without root may connect from an address of the container itself, or from loopback; those
     * of several nodes of a cluster from one address each.
     */
    private Finding judgeLocalClients() {
        if (local.values().stream().mapToLong(Long::longValue).sum() >= ENOUGH) {
            String first = local.keySet().iterator().next().getHostAddress();
            return Finding.warning(
                    ADDRESS,
                    local.size() == 1
                            ? "All clients came from one private address, " + first + ", which is never listed."
                            : "All clients came from private addresses, such as " + first + ", which are never listed.",
                    KEEP_ADDRESS);
        }
        return Finding.unknown(
                ADDRESS,
                "It is not known whether the decoy sees the addresses of clients, as none came from the internet.",
                "Connect from outside.");
    }

    private Finding judgeGateway(String gateway) {
        String advice = "Use the network of the host for the container (--network host, network_mode: host), or see"
                + " docs/container.md, or use a proxy that sends a PROXY header: decoy.smtp.proxy-protocol.trusted.";
        return publicSessions == 0
                ? Finding.problem(
                        ADDRESS,
                        "All clients seem to be the default gateway " + gateway
                                + ": something in between, such as the proxy of a container, hides their addresses, so"
                                + " nobody can be listed.",
                        advice)
                : Finding.warning(
                        ADDRESS,
                        "Some clients seem to be the default gateway " + gateway
                                + ", which hides their addresses; perhaps those of IPv6.",
                        advice);
    }
}
