package org.decoymx.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.decoymx.net.FairConnections.Admission;
import org.eclipse.microprofile.config.Config;

/**
 * The connections of the HTTP port and of the management port. Quarkus has no hook for new connections of both ports,
 * so the transport of Vert.x asks for it. Each connection that is admitted gets an {@link HttpConnectionGuard}.
 */
@Singleton
public final class HttpConnectionLimits {
    /** What Quarkus gives Vert.x as port if the operating system shall choose one. */
    private static final int ANY_HTTP_PORT = -1;

    private static final int ANY_HTTPS_PORT = -2;
    private static final int ANY_MANAGEMENT_PORT = -3;

    /** The rest is for connections that are being closed: Quarkus, with the same limit, still counts them. */
    private static final double ADMITTED_SHARE = 0.9;

    private static final int ADMITTED_FOR_EACH_CLOSING = 9;

    private final Config config;
    private final FairConnections<Channel> http;
    private final FairConnections<Channel> management;

    HttpConnectionLimits(Config config) {
        this.config = config;
        http = newConnections("quarkus.http.limits.max-connections", OpenFileLimit.maxHttpConnections());
        management = newConnections("quarkus.management.limits.max-connections", OpenFileLimit.maxQueryConnections());
    }

    private FairConnections<Channel> newConnections(String key, int maxByOpenFiles) {
        int max = config.getOptionalValue(key, Integer.class)
                .filter(value -> value > 0)
                .orElse(maxByOpenFiles);
        int admitted = (int) Math.ceil(Math.min(max, maxByOpenFiles) * ADMITTED_SHARE);
        return new FairConnections<>(admitted, HttpConnectionGuard::isIdle);
    }

    /** Open connections to both ports. */
    public int openConnections() {
        return http.openConnections() + management.openConnections();
    }

    /** Connections to both ports that were rejected because a limit was reached. */
    public long rejectedConnections() {
        return http.rejectedConnections() + management.rejectedConnections();
    }

    /** Lets all connections of a server pass the limits and get a guard, if it is one of the two ports. */
    void guard(int port, ServerBootstrap server) {
        find(port).ifPresent(connections -> {
            AcceptGate gate =
                    AcceptGate.install(server, Math.max(1, connections.maxConnections() / ADMITTED_FOR_EACH_CLOSING));
            server.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            server.childHandler(new GuardInitializer(
                    connections, gate, server.config().childHandler(), isOn(proxyProtocolKey(connections))));
        });
    }

    private String proxyProtocolKey(FairConnections<Channel> connections) {
        return connections == management
                ? "quarkus.management.proxy.use-proxy-protocol"
                : "quarkus.http.proxy.use-proxy-protocol";
    }

    private Optional<FairConnections<Channel>> find(int port) {
        if (port == ANY_MANAGEMENT_PORT || port == configuredPort("quarkus.management.port", 9_000)) {
            return Optional.of(management);
        }
        boolean isHttp = port == ANY_HTTP_PORT
                || port == ANY_HTTPS_PORT
                || port == configuredPort("quarkus.http.port", 8_080)
                || port == configuredPort("quarkus.http.ssl-port", 8_443);
        return isHttp ? Optional.of(http) : Optional.empty();
    }

    /** A fixed port; none if the operating system shall choose one, so that it is no port 0 of another server. */
    private int configuredPort(String key, int byDefault) {
        int port = config.getOptionalValue(key, Integer.class).orElse(byDefault);
        return port == 0 ? Integer.MIN_VALUE : port;
    }

    private boolean isOn(String key) {
        return config.getOptionalValue(key, Boolean.class).orElse(false);
    }

    /** Counts a connection before Vert.x prepares it, and adds the guard after that. */
    @ChannelHandler.Sharable
    private static final class GuardInitializer extends ChannelInitializer<SocketChannel> {
        private final FairConnections<Channel> connections;
        private final AcceptGate gate;
        private final ChannelHandler vertx;
        private final boolean startsWithProxyHeader;

        GuardInitializer(
                FairConnections<Channel> connections,
                AcceptGate gate,
                ChannelHandler vertx,
                boolean startsWithProxyHeader) {
            this.connections = connections;
            this.gate = gate;
            this.vertx = vertx;
            this.startsWithProxyHeader = startsWithProxyHeader;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the close
        protected void initChannel(SocketChannel channel) {
            if (channel.remoteAddress() == null) { // it is closed already
                channel.close();
                return;
            }
            IpPrefix peer = IpPrefix.of(channel.remoteAddress().getAddress());
            if (!isAdmitted(channel, peer, connections.admit(peer, channel))) {
                channel.close();
                return;
            }
            channel.pipeline().addLast(vertx);
            if (startsWithProxyHeader) {
                ProxyHeaderGuard.install(
                        channel.pipeline(),
                        client -> isAdmitted(channel, client, connections.move(peer, client, channel)));
            } else {
                HttpConnectionGuard.install(channel.pipeline(), channel.pipeline());
            }
        }

        /** Does what an admission says; an admitted connection is counted until it is closed. */
        private boolean isAdmitted(Channel channel, IpPrefix client, Admission<Channel> admission) {
            admission.toClose().ifPresent(this::closeAtOnce);
            if (admission.isAdmitted()) {
                channel.closeFuture().addListener(closed -> connections.release(client, channel));
            }
            return admission.isAdmitted();
        }

        /** From the head of the pipeline: from its end, Vert.x would first send what the client does not read. */
        @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the close
        private void closeAtOnce(Channel channel) {
            gate.countUntilClosed(channel);
            Optional.ofNullable(channel.pipeline().firstContext()).ifPresent(ChannelHandlerContext::close);
        }
    }
}
