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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.decoymx.net.IpText;
import org.decoymx.support.PrintableText;
import org.jboss.logging.Logger;

/**
 * Probes a mail server as far as a sender would see it, and sends QUIT. The timeout allows for postscreen, which waits
 * 6 s between the first and the last line of its greeting.
 */
final class SmtpProbe {
    private static final Logger LOG = Logger.getLogger(PrimaryProber.class);
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    private static final long REPLY_TIMEOUT_MILLIS = 30_000;
    private static final int MAX_QUOTED = 200;
    private static final long QUIT_TIMEOUT_MILLIS = 5_000;

    private final Vertx vertx;
    private final ProbeSettings settings;
    private final NetClient client;
    private final Set<PrimaryHost> tlsOffered = ConcurrentHashMap.newKeySet();
    private final Set<PrimaryHost> refusing = ConcurrentHashMap.newKeySet();

    SmtpProbe(Vertx vertx, ProbeSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
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
     * Probes a host.
     *
     * @return completes within 30 s for each reply: why the host is down; empty when it is up
     */
    Future<Optional<String>> probe(PrimaryHost host) {
        return new RunningProbe(host).start();
    }

    /** The probe of one host. */
    private final class RunningProbe {
        private final PrimaryHost host;
        private final ProbeDialogue dialogue;
        private final Promise<Optional<String>> outcome = Promise.promise();
        private long timer;

        RunningProbe(PrimaryHost host) {
            this.host = host;
            dialogue = new ProbeDialogue(settings.depth(), settings.recipient(), tlsOffered.contains(host));
        }

        Future<Optional<String>> start() {
            restartTimer();
            client.connect(host.port(), host.name())
                    .onSuccess(this::onConnect)
                    .onFailure(failure -> outcome.tryComplete(Optional.of(describe(failure))));
            return outcome.future().onComplete(done -> vertx.cancelTimer(timer));
        }

        private void restartTimer() {
            vertx.cancelTimer(timer);
            timer = vertx.setTimer(
                    REPLY_TIMEOUT_MILLIS,
                    id -> fail("no " + dialogue.awaited() + " within " + REPLY_TIMEOUT_MILLIS / 1_000 + " s"));
        }

        private void fail(String error) {
            outcome.tryComplete(Optional.of(error));
        }

        private void onConnect(NetSocket socket) {
            socket.handler(octets -> onData(socket, octets));
            socket.exceptionHandler(failure -> socket.close());
            socket.closeHandler(closed -> fail("connection closed before the " + dialogue.awaited() + " was complete"));
            outcome.future().onComplete(done -> quit(socket, done.result().isEmpty()));
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
                case DOWN -> fail(dialogue.error());
            }
        }

        private void send(NetSocket socket, String command) {
            restartTimer();
            if (dialogue.isTlsOffered()) {
                tlsOffered.add(host);
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
            if (!dialogue.refusal().isEmpty() && refusing.add(host)) {
                LOG.warnf(
                        "Primary MX %s refuses the probe for <%s> (%s); it counts as up",
                        host, settings.recipient(), dialogue.refusal());
            }
            outcome.tryComplete(Optional.empty());
        }
    }

    /** RFC 5321 section 4.1.4: a client without a name of its own sends its address. */
    private String heloName(NetSocket socket) {
        return settings.heloName().orElseGet(() -> {
            String address = IpText.removeZone(socket.localAddress().hostAddress());
            return address.contains(":") ? "[IPv6:" + address + "]" : "[" + address + "]";
        });
    }

    private void quit(NetSocket socket, boolean up) {
        if (!up) {
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
