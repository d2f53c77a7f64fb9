package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.parsetools.RecordParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.decoymx.it.TestResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A port that says again what is said to it, line by line, and does not bear an empty line. */
class TcpRequestServerTest {
    private static final String HOST = "127.0.0.1";
    private static final int TIMEOUT_MILLIS = 120_000;
    private static final int LATE_MILLIS = 50;
    private static final TcpRequestServer.ServerLimits LIMITS =
            new TcpRequestServer.ServerLimits(10, 10, 4_096, Duration.ofMinutes(10));

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final int port = TestResources.reservePort();

    private static final class Echo implements RequestHandler {
        @Override
        public void initialize(RecordParser parser) {
            parser.delimitedMode("\n");
        }

        @Override
        public Optional<Buffer> handleRecord(Buffer record, RecordParser parser) throws MalformedRequestException {
            if (record.length() == 0) {
                throw new MalformedRequestException("an empty line");
            }
            return Optional.of(record.copy().appendString("\n"));
        }
    }

    private TcpRequestServer port() {
        return new TcpRequestServer(List.of(HOST), port, LIMITS, Clock.systemUTC(), client -> Optional.of(new Echo()));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private String saidThenEnded(String words) throws IOException {
        try (Socket socket = connect()) {
            sayAndEnd(socket, words);
            return rest(socket.getInputStream());
        }
    }

    private static String rest(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Test
    void whoHasEndedHisSide_isStillAnswered() throws IOException {
        port().listen(vertx);
        assertThat(saidThenEnded("one\ntwo\n")).isEqualTo("one\ntwo\n");
        assertThat(saidThenEnded("one\nwithout end")).isEqualTo("one\n");
        assertThat(saidThenEnded("one\n\ntwo\n")).isEqualTo("one\nan empty line");
        assertThat(saidThenEnded("")).isEmpty();
    }

    /** As many answers as the kernel keeps, and more, so that at the end of the questions some wait, or none is made yet. */
    @Test
    void whoHasEndedHisSide_andReadsLate_getsAllAnswers() throws Exception {
        port().listen(vertx);
        for (int lines = 50; lines <= 1_200; lines += 100) {
            String words = (".".repeat(99) + "\n").repeat(lines);
            try (Socket socket = connect()) {
                Thread writer = new Thread(() -> sayAndEnd(socket, words));
                writer.start();
                writer.join(LATE_MILLIS);
                Thread.sleep(LATE_MILLIS);
                assertThat(rest(socket.getInputStream()))
                        .as("of %d lines", lines)
                        .isEqualTo(words);
                writer.join();
            }
        }
    }

    private static void sayAndEnd(Socket socket, String words) {
        try {
            socket.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void portThatAnotherServerOfTheProcessHas_cannotBeHad() throws Exception {
        NetServer other = vertx.createNetServer(
                        new NetServerOptions().setHost(HOST).setPort(port))
                .connectHandler(socket -> socket.close());
        other.listen().toCompletionStage().toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> port().listen(vertx))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use");
    }
}
