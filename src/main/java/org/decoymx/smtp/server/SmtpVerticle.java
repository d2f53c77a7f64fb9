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

/** The SMTP sessions of one event loop. */
final class SmtpVerticle extends AbstractVerticle {
    private static final long TIMEOUT_CHECK_INTERVAL_MILLIS = 1_000;
    private static final long FLUSH_INTERVAL_MILLIS = 100;
    private static final long DRAIN_TIMEOUT_MILLIS = 3_000;
    private static final long DRAIN_POLL_INTERVAL_MILLIS = 50;

    private final SmtpServerContext serverContext;
    private final List<NetServerOptions> listenOptions;
    private final SightingBatcher sightingBatcher;
    private final Set<SmtpSession> sessions = new HashSet<>();
    private final List<NetServer> servers = new ArrayList<>();
    private boolean stopping;

    /**
     * @param listenOptions the addresses to listen on, each with its TLS options
     */
    SmtpVerticle(SmtpServerContext serverContext, List<NetServerOptions> listenOptions) {
        this.serverContext = serverContext;
        this.listenOptions = listenOptions;
        sightingBatcher = new SightingBatcher(serverContext.sightingPublisher());
    }

    @Override
    public void start(Promise<Void> started) {
        vertx.setPeriodic(TIMEOUT_CHECK_INTERVAL_MILLIS, timer -> checkTimeouts());
        vertx.setPeriodic(FLUSH_INTERVAL_MILLIS, timer -> sightingBatcher.flush());
        List<Future<NetServer>> listening = new ArrayList<>();
        for (NetServerOptions options : listenOptions) {
            NetServer server = vertx.createNetServer(options).connectHandler(this::onConnect);
            servers.add(server);
            listening.add(server.listen());
        }
        Future.all(listening).<Void>mapEmpty().onComplete(started);
    }

    /** Uses another certificate for all TLS handshakes from now on. */
    void updateCertificate(SSLOptions options) {
        servers.forEach(server -> server.updateSSLOptions(options));
    }

    /** The port of the first listen address; for port 0 the one that the operating system chose. */
    int actualPort() {
        return servers.get(0).actualPort();
    }

    private void onConnect(NetSocket socket) {
        SmtpSession session = new SmtpSession(serverContext, sightingBatcher, vertx, socket);
        if (!serverContext.connectionLimiter().tryAcquireConnection()) {
            session.reject();
            return;
        }
        sessions.add(session);
        socket.closeHandler(closed -> {
            serverContext.connectionLimiter().releaseConnection();
            sessions.remove(session);
            session.onClosed();
        });
        session.start();
        if (stopping) {
            session.shutDown();
        }
    }

    private void checkTimeouts() {
        long now = serverContext.clock().millis();
        boolean nearLimit = serverContext.connectionLimiter().isNearLimit();
        List.copyOf(sessions).forEach(session -> session.checkTimeouts(now, nearLimit));
    }

    /** Stops accepting, sends 421 to all clients, and waits up to 3 s until the sockets are closed. */
    @Override
    public void stop(Promise<Void> stopped) {
        stopping = true;
        List.copyOf(sessions).forEach(SmtpSession::shutDown);
        long deadline = serverContext.clock().millis() + DRAIN_TIMEOUT_MILLIS;
        vertx.setPeriodic(1, DRAIN_POLL_INTERVAL_MILLIS, timer -> {
            if (sessions.isEmpty() || serverContext.clock().millis() > deadline) {
                vertx.cancelTimer(timer);
                sightingBatcher.flush();
                stopped.tryComplete();
            }
        });
    }
}
