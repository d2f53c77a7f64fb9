package org.decoymx.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard between Netty's decoder and a handler that answers nothing by itself. */
class HttpConnectionGuardTest {
    private static final String GET = "GET /stats HTTP/1.1\r\nHost: a\r\n\r\n";

    private final EmbeddedChannel channel = new EmbeddedChannel();

    HttpConnectionGuardTest() {
        channel.pipeline().addLast("httpDecoder", new HttpRequestDecoder());
        channel.pipeline().addLast("httpEncoder", new HttpResponseEncoder());
        HttpConnectionGuard.install(channel.pipeline(), channel.pipeline());
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void send(String octets) {
        channel.writeInbound(Unpooled.copiedBuffer(octets, ISO_8859_1));
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    private int requests() {
        int count = 0;
        for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
            count += read instanceof HttpRequest ? 1 : 0;
            ReferenceCountUtil.release(read);
        }
        return count;
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            text.append(part.toString(ISO_8859_1));
            part.release();
        }
        return text.toString();
    }

    private void respond() {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost : a\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /?x=%1 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /% HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/3.7\r\nHost: a\r\n\r\n",
                "\u0016\u0003\u0001\r\n\r\n"
            })
    void unclearRequest_isAnsweredWithAProblemDocument_andNothingAfterItIsRead(String request) {
        send(request + GET);

        assertThat(requests()).as(request).isZero();
        assertThat(written())
                .startsWith("HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\n")
                .contains("Connection: close\r\n", "{\"title\":\"Bad Request\",\"status\":400,\"detail\":\"")
                .doesNotContain("xception");
        send(GET);
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void chunkedRequest_withOneHost_passes() {
        send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\nUpgrade: h2c\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

        HttpRequest request = channel.readInbound();
        assertThat(request.headers().contains("Upgrade")).isFalse();
        assertThat(channel.<HttpContent>readInbound().content().toString(ISO_8859_1))
                .isEqualTo("abc");
        send("GET / HTTP/1.0\r\n\r\n");
        assertThat(requests()).isEqualTo(1);
    }

    @Test
    void problem_waitsForTheResponsesBeforeIt() {
        send(GET + "GET / HTTP/1.1\r\n\r\n");
        assertThat(written()).isEmpty();

        respond();

        assertThat(written()).startsWith("HTTP/1.1 200 OK").contains("HTTP/1.1 400 Bad Request");
    }

    @Test
    void closedSendingSide_isAnswered_andThenClosed() {
        send(GET + GET);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        respond();
        assertThat(channel.isOpen()).isTrue();

        respond();

        assertThat(channel.isOpen()).isFalse();
        assertThat(written().split("200 OK", -1)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc"})
    void closedSendingSide_withoutACompleteRequest_isClosed(String octets) {
        send(octets);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void closedSendingSide_endsAnEventStream() {
        send(GET);
        DefaultHttpResponse stream = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        stream.headers().set("Content-Type", "text/event-stream");
        channel.writeOutbound(stream);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void head_hasADeadline_fromTheFirstOctet() {
        send(GET);
        respond();
        pass(1_000); // the idle timeout is Vert.x's
        for (int i = 0; i < 9; i++) {
            send("G");
            pass(1);
        }
        assertThat(channel.isOpen()).isTrue();
        send("G");
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void firstHead_hasADeadline_fromTheConnect() {
        pass(9);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void body_mayTakeLong_whileItComes_orWhileNobodyReadsIt() {
        send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n");
        for (int i = 0; i < 500; i++) {
            send("x".repeat(500));
            pass(1);
        }
        channel.config().setAutoRead(false);
        pass(500);
        channel.config().setAutoRead(true);
        assertThat(channel.isOpen()).isTrue();

        for (int i = 0; i < 10; i++) {
            send("x");
            pass(1);
        }
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void pipelinedRequests_areLimited() {
        send(GET.repeat(HttpConnectionGuard.MAX_PIPELINED));
        assertThat(channel.isOpen()).isTrue();
        assertThat(HttpConnectionGuard.isIdle(channel)).isFalse();
        send(GET);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void connection_isIdle_whenAllIsAnswered() {
        assertThat(HttpConnectionGuard.isIdle(channel)).isTrue();
        send(GET);
        assertThat(HttpConnectionGuard.isIdle(channel)).isFalse();
        respond();
        assertThat(HttpConnectionGuard.isIdle(channel)).isTrue();
    }
}
