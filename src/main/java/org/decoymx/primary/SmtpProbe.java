package org.decoymx.primary;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.decoymx.net.IpText;
import org.decoymx.primary.PrimaryMonitor.HostState;
import org.decoymx.support.PrintableText;
import org.jboss.logging.Logger;

/**
 * Probes a mail server as far as a sender would see it, and sends QUIT. Like a sender, it tries the addresses of a host
 * one after the other, the one that was up last time first. The timeout allows for postscreen, which waits 6 s between
 * the first and the last line of its greeting.
 */
final class SmtpProbe {
    private static final Logger LOG = Logger.getLogger(PrimaryProber.class);
    private static final int MAX_ADDRESSES = 8;
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    private static final long REPLY_TIMEOUT_MILLIS = 30_000;
    private static final int MAX_QUOTED = 200;
    private static final long QUIT_TIMEOUT_MILLIS = 5_000;
    private static final int MAX_REMEMBERED = 1_000;

    private final Vertx vertx;
    private final ProbeSettings settings;
    private final HostAddresses resolver;
    private final OpenProbes openProbes;
    private final NetClient client;
    private final Set<PrimaryHost> tlsOffered = ConcurrentHashMap.newKeySet();
    private final Set<PrimaryHost> lastUp = ConcurrentHashMap.newKeySet();
    private final Set<PrimaryHost> refusing = ConcurrentHashMap.newKeySet();

    SmtpProbe(Vertx vertx, ProbeSettings settings, HostAddresses resolver, OpenProbes openProbes) {
        this.vertx = vertx;
        this.settings = settings;
        this.resolver = resolver;
        this.openProbes = openProbes;
        // the probe checks that TLS works, not who the host is
        client = vertx.createNetClient(new NetClientOptions()
                .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
                .setTrustAll(true)
                .setHostnameVerificationAlgorithm(""));
    }

    /**
     * What a probe sends.
     *
     * @param heloName the name in EHLO; the address literal of the connection if it is empty
     * @param recipient the address in RCPT
     */
    record ProbeSettings(ProbeDepth depth, Optional<String> heloName, String recipient) {}

    /**
     * Probes a host: it is up if one of its addresses is.
     *
     * @return completes within 30 s for the look-up of its name, and for each reply of each address
     */
    Future<ProbeResult> probe(PrimaryHost host) {
        return vertx.executeBlocking(() -> findAddresses(host), false)
                .timeout(REPLY_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .compose(addresses -> probeFrom(0, addresses))
                .otherwise(failure -> ProbeResult.down(describe(failure)));
    }

    private List<PrimaryHost> findAddresses(PrimaryHost host) throws UnknownHostException {
        return HostAddresses.alternateFamilies(resolver.resolve(host.name())).stream()
                .map(address -> new PrimaryHost(IpText.print(address), host.port()))
                .distinct()
                .sorted(Comparator.comparing((PrimaryHost address) -> !lastUp.contains(address)))
                .limit(MAX_ADDRESSES)
                .toList();
    }

    private Future<ProbeResult> probeFrom(int first, List<PrimaryHost> addresses) {
        PrimaryHost address = addresses.get(first);
        return new RunningProbe(address).start().compose(result -> {
            ProbeResult named = addresses.size() == 1 || result.isUp()
                    ? result
                    : new ProbeResult(result.state(), address + ": " + result.error());
            rememberUp(address, result.isUp());
            return result.isUp() || first == addresses.size() - 1
                    ? Future.succeededFuture(named)
                    : probeFrom(first + 1, addresses).map(named::or);
        });
    }

    private void rememberUp(PrimaryHost address, boolean up) {
        if (up) {
            remember(lastUp, address);
        } else {
            lastUp.remove(address);
        }
    }

    /** Returns whether it was not remembered yet. Forgets everything when there is too much, as names move. */
    private static boolean remember(Set<PrimaryHost> addresses, PrimaryHost address) {
        if (addresses.size() >= MAX_REMEMBERED) {
            addresses.clear();
        }
        return addresses.add(address);
    }

    /** The probe of one address. */
    private final class RunningProbe {
        private final PrimaryHost host;
        private final ProbeDialogue dialogue;
        private final Promise<ProbeResult> outcome = Promise.promise();
        private long timer;

        RunningProbe(PrimaryHost host) {
            this.host = host;
            dialogue = new ProbeDialogue(settings.depth(), settings.recipient(), tlsOffered.contains(host));
        }

        Future<ProbeResult> start() {
            restartTimer();
            client.connect(host.port(), host.name())
                    .onSuccess(this::onConnect)
                    .onFailure(failure -> fail(describe(failure)));
            return outcome.future().onComplete(done -> {
                vertx.cancelTimer(timer);
                openProbes.end(this);
            });
        }

        private void restartTimer() {
            vertx.cancelTimer(timer);
            timer = vertx.setTimer(
                    REPLY_TIMEOUT_MILLIS,
                    id -> fail("no " + dialogue.awaited() + " within " + REPLY_TIMEOUT_MILLIS / 1_000 + " s"));
        }

        private void fail(String error) {
            outcome.tryComplete(ProbeResult.down(error));
        }

        private void onConnect(NetSocket socket) {
            socket.handler(octets -> onData(socket, octets));
            socket.exceptionHandler(failure -> socket.close());
            socket.closeHandler(closed -> fail("connection closed before the " + dialogue.awaited() + " was complete"));
            outcome.future().onComplete(done -> quit(socket, done.result().state()));
        }

        private void onData(NetSocket socket, Buffer octets) {
            if (outcome.future().isComplete()) {
                // the reply to QUIT does not matter
                socket.close();
                return;
            }
            switch (dialogue.receive(octets.getBytes())) {
                case WAIT -> {}
                case SEND -> send(socket, dialogue.command(heloName(socket)));
                case START_TLS -> startTls(socket);
                case UP -> onUp();
                case DEFERRED ->
                    outcome.tryComplete(
                            ProbeResult.deferred("it defers the probe, " + dialogue.error() + "; allow the address "
                                    + localAddress(socket) + " there, or set decoy.primary.probe=mail"));
                case DOWN -> fail(dialogue.error());
            }
        }

        private void send(NetSocket socket, String command) {
            restartTimer();
            if (dialogue.isTlsOffered()) {
                remember(tlsOffered, host);
            }
            if (dialogue.isRecipientOpen()) {
                openProbes.begin(this, heloName(socket), settings.recipient());
            } else {
                openProbes.end(this);
            }
            socket.write(command + "\r\n");
        }

        private void startTls(NetSocket socket) {
            restartTimer();
            socket.upgradeToSsl()
                    .onSuccess(done -> send(socket, dialogue.commandAfterTls(heloName(socket))))
                    .onFailure(failure -> fail("the TLS handshake after STARTTLS failed: "
                            + PrintableText.toAscii(String.valueOf(failure.getMessage()), MAX_QUOTED)));
        }

        private void onUp() {
            if (!dialogue.refusal().isEmpty() && remember(refusing, host)) {
                LOG.warnf(
                        "Primary MX %s refuses the probe for <%s> (%s); it counts as up",
                        host, settings.recipient(), dialogue.refusal());
            }
            outcome.tryComplete(ProbeResult.UP);
        }
    }

    /** RFC 5321 section 4.1.4: a client without a name of its own sends its address. */
    private String heloName(NetSocket socket) {
        return settings.heloName().orElseGet(() -> {
            String address = localAddress(socket);
            return address.contains(":") ? "[IPv6:" + address + "]" : "[" + address + "]";
        });
    }

    private static String localAddress(NetSocket socket) {
        return IpText.removeZone(socket.localAddress().hostAddress());
    }

    private void quit(NetSocket socket, HostState state) {
        if (state == HostState.DOWN) {
            socket.close();
            return;
        }
        socket.write("QUIT\r\n");
        vertx.setTimer(QUIT_TIMEOUT_MILLIS, id -> socket.close());
    }

    private static String describe(Throwable failure) {
        if (failure instanceof UnknownHostException) {
            return "the host name cannot be resolved";
        }
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof TimeoutException) {
            return "the host name was not resolved within " + REPLY_TIMEOUT_MILLIS / 1_000 + " s";
        }
        if (message.contains("timed out")) {
            return "no connection within " + CONNECT_TIMEOUT_MILLIS / 1_000 + " s";
        }
        return failure instanceof ConnectException && message.contains("refused")
                ? "connection refused"
                : "cannot be reached: " + message;
    }

    void close() {
        client.close();
    }
}
