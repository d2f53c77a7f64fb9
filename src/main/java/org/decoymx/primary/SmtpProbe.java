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

/**
 * Probes a mail server: connects, waits for the greeting and sends QUIT. The timeout allows for postscreen, which waits
 * 6 s between the first and the last line of its greeting.
 */
final class SmtpProbe {
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    private static final long GREETING_TIMEOUT_MILLIS = 30_000;
    private static final long QUIT_TIMEOUT_MILLIS = 5_000;

    private final Vertx vertx;
    private final NetClient client;

    SmtpProbe(Vertx vertx) {
        this.vertx = vertx;
        client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MILLIS));
    }

    /**
     * Probes a host.
     *
     * @return completes within 30 s: why the host is down; empty when it is up
     */
    Future<Optional<String>> probe(PrimaryHost host) {
        Promise<Optional<String>> outcome = Promise.promise();
        long timer = vertx.setTimer(
                GREETING_TIMEOUT_MILLIS,
                id -> outcome.tryComplete(Optional.of("no greeting within " + GREETING_TIMEOUT_MILLIS / 1_000 + " s")));
        client.connect(host.port(), host.name())
                .onSuccess(socket -> awaitGreeting(socket, outcome))
                .onFailure(failure -> outcome.tryComplete(Optional.of(describe(failure))));
        return outcome.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private void awaitGreeting(NetSocket socket, Promise<Optional<String>> outcome) {
        GreetingParser greeting = new GreetingParser();
        socket.handler(octets -> onData(socket, greeting, octets, outcome));
        socket.exceptionHandler(failure -> socket.close());
        socket.closeHandler(
                closed -> outcome.tryComplete(Optional.of("connection closed before the greeting was complete")));
        outcome.future().onComplete(done -> quit(socket, done.result().isEmpty()));
    }

    private static void onData(
            NetSocket socket, GreetingParser greeting, Buffer octets, Promise<Optional<String>> outcome) {
        if (outcome.future().isComplete()) {
            // the reply to QUIT does not matter
            socket.close();
            return;
        }
        switch (greeting.append(octets.getBytes())) {
            case ACCEPTED -> outcome.tryComplete(Optional.empty());
            case REJECTED -> outcome.tryComplete(Optional.of(greeting.error()));
            case INCOMPLETE -> {}
        }
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
