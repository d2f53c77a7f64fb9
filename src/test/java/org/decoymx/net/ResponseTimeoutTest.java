package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.Http1xServerConnection;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long a client may take to read a response. */
class ResponseTimeoutTest {
    private static final int IDLE_SECONDS = 2;
    private static final int BODY_OCTETS = 40 << 20;
    private static final int SOCKET_OCTETS = 1 << 16;

    /** The body is one write, and reading it takes longer than the idle timeout. */
    @Test
    void clientThatReads_isNotIdle() throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer server = vertx.createHttpServer(
                        new HttpServerOptions().setIdleTimeout(IDLE_SECONDS).setSendBufferSize(SOCKET_OCTETS))
                .connectionHandler(connection -> {
                    ChannelPipeline pipeline =
                            ((Http1xServerConnection) connection).channel().pipeline();
                    HttpConnectionGuard.install(pipeline, pipeline);
                })
                .requestHandler(request -> request.response().end(Buffer.buffer(new byte[BODY_OCTETS])));
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(SOCKET_OCTETS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort()));
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(readSlowly(socket.getInputStream())).isGreaterThan(BODY_OCTETS);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }

    /** Returns the number of octets, after the whole response or what came before the end. */
    private static int readSlowly(InputStream in) throws Exception {
        long pauseUntil =
                System.nanoTime() + Duration.ofSeconds(2 * IDLE_SECONDS).toNanos();
        byte[] buffer = new byte[SOCKET_OCTETS];
        int read = 0;
        while (read <= BODY_OCTETS) {
            int count = in.read(buffer);
            if (count < 0) {
                break;
            }
            read += count;
            if (System.nanoTime() < pauseUntil) {
                Thread.sleep(10);
            }
        }
        return read;
    }

    @Test
    void clientThatReadsTooSlowly_isDisconnected() {
        EmbeddedChannel channel = new EmbeddedChannel() {
            @Override
            protected void doWrite(ChannelOutboundBuffer in) {
                // the client reads nothing
            }
        };
        channel.pipeline().addLast("httpDecoder", new HttpRequestDecoder());
        channel.pipeline().addLast("httpEncoder", new HttpResponseEncoder());
        channel.pipeline().addLast("idle", new IdleStateHandler(0, 0, 60));
        HttpConnectionGuard.install(channel.pipeline(), channel.pipeline());
        channel.freezeTime();
        channel.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: a\r\n\r\n", StandardCharsets.US_ASCII));
        var written =
                channel.writeOneOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.flushOutbound();

        channel.advanceTimeBy(ResponseTimeout.MAX_MINUTES * 60 - 1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(written.isSuccess()).isFalse();
    }
}
