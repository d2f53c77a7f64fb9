package org.decoymx.smtp.server;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SSLOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The sessions of one event loop. */
final class SmtpVerticle extends AbstractVerticle {
    private static final long SWEEP_MILLIS = 1_000;
    private static final long BURST_MILLIS = 100;
    private static final long LAST_WORDS_MILLIS = 3_000;
    private static final long POLL_MILLIS = 50;

    private final Port port;
    private final List<NetServerOptions> binds;
    private final Outbox outbox;
    private final Set<Session> sessions = new HashSet<>();
    private final List<NetServer> servers = new ArrayList<>();
    private boolean stopping;

    /**
     * @param binds the addresses to listen on, each with its TLS options
     */
    SmtpVerticle(Port port, List<NetServerOptions> binds) {
        this.port = port;
        this.binds = binds;
        outbox = new Outbox(port.sightings());
    }

    @Override
    public void start(Promise<Void> started) {
        vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep());
        vertx.setPeriodic(BURST_MILLIS, timer -> outbox.flush());
        List<Future<NetServer>> listening = new ArrayList<>();
        for (NetServerOptions bind : binds) {
            NetServer server = vertx.createNetServer(bind).connectHandler(this::connected);
            servers.add(server);
            listening.add(server.listen());
        }
        Future.all(listening).<Void>mapEmpty().onComplete(started);
    }

    /** Shows another certificate to those who begin TLS from now on. */
    void renew(SSLOptions options) {
        servers.forEach(server -> server.updateSSLOptions(options));
    }

    /** The port of its first address, where port 0 let the system choose. */
    int actualPort() {
        return servers.get(0).actualPort();
    }

    private void connected(NetSocket socket) {
        Session session = new Session(port, outbox, vertx, socket);
        if (!port.admission().connect()) {
            session.turnAway();
            return;
        }
        sessions.add(session);
        socket.closeHandler(closed -> {
            port.admission().disconnect();
            sessions.remove(session);
            session.closed();
        });
        session.start();
        if (stopping) {
            session.shutDown();
        }
    }

    private void sweep() {
        long now = port.clock().millis();
        boolean crowded = port.admission().isCrowded();
        List.copyOf(sessions).forEach(session -> session.checkPatience(now, crowded));
    }

    /** Stops accepting, says 421 to everybody, and gives the sockets a moment to carry it. */
    @Override
    public void stop(Promise<Void> stopped) {
        stopping = true;
        List.copyOf(sessions).forEach(Session::shutDown);
        long deadline = port.clock().millis() + LAST_WORDS_MILLIS;
        vertx.setPeriodic(1, POLL_MILLIS, timer -> {
            if (sessions.isEmpty() || port.clock().millis() > deadline) {
                vertx.cancelTimer(timer);
                outbox.flush();
                stopped.tryComplete();
            }
        });
    }
}
