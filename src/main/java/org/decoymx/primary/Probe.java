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
 * Looks whether a mail server greets, and takes its leave. The first line of postscreen's greeting comes 6 s before its
 * last.
 */
final class Probe {
    private static final int CONNECT_MILLIS = 10_000;
    private static final long LIMIT_MILLIS = 30_000;
    private static final long LEAVE_MILLIS = 5_000;

    private final Vertx vertx;
    private final NetClient client;

    Probe(Vertx vertx) {
        this.vertx = vertx;
        client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_MILLIS));
    }

    /**
     * Looks at a host.
     *
     * @return within 30 s, what is wrong, in words; empty when it is up
     */
    Future<Optional<String>> look(Host host) {
        Promise<Optional<String>> outcome = Promise.promise();
        long timer = vertx.setTimer(
                LIMIT_MILLIS,
                over -> outcome.tryComplete(Optional.of("it did not greet within " + LIMIT_MILLIS / 1_000 + " s")));
        client.connect(host.port(), host.name())
                .onSuccess(socket -> listen(socket, outcome))
                .onFailure(failure -> outcome.tryComplete(Optional.of(words(failure))));
        return outcome.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private void listen(NetSocket socket, Promise<Optional<String>> outcome) {
        Greeting greeting = new Greeting();
        socket.handler(octets -> hear(socket, greeting, octets, outcome));
        socket.exceptionHandler(failure -> socket.close());
        socket.closeHandler(closed ->
                outcome.tryComplete(Optional.of("it closed the connection before its greeting was complete")));
        outcome.future().onComplete(done -> leave(socket, done.result().isEmpty()));
    }

    private static void hear(NetSocket socket, Greeting greeting, Buffer octets, Promise<Optional<String>> outcome) {
        if (outcome.future().isComplete()) {
            // whatever it says to QUIT
            socket.close();
            return;
        }
        switch (greeting.take(octets.getBytes())) {
            case GOOD -> outcome.tryComplete(Optional.empty());
            case BAD -> outcome.tryComplete(Optional.of(greeting.words()));
            case WAITING -> {}
        }
    }

    private void leave(NetSocket socket, boolean good) {
        if (!good) {
            socket.close();
            return;
        }
        socket.write("QUIT\r\n");
        vertx.setTimer(LEAVE_MILLIS, over -> socket.close());
    }

    private static String words(Throwable failure) {
        if (failure instanceof UnknownHostException) {
            return "its name is not resolved to an address";
        }
        String message = String.valueOf(failure.getMessage());
        if (message.contains("timed out")) {
            return "it does not answer within " + CONNECT_MILLIS / 1_000 + " s";
        }
        return failure instanceof ConnectException && message.contains("refused")
                ? "the connection is refused"
                : "it cannot be reached: " + message;
    }

    void close() {
        client.close();
    }
}
