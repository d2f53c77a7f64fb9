package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.EventExecutor;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.decoymx.it.TestResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the server with a handler that echoes each line and rejects empty lines. */
class RequestConnectionTest {
    private static final String HOST = "127.0.0.1";
    private static final int TIMEOUT_MILLIS = 120_000;
    private static final int READ_DELAY_MILLIS = 50;
    private static final int BURST = 200;
    private static final RequestConnection.RequestLimits LIMITS =
            new RequestConnection.RequestLimits(10, 10, 4_096, Duration.ofMinutes(10));

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

    private void listen() throws IOException {
        listen(client -> Optional.of(new Echo()));
    }

    private void listen(Function<InetAddress, Optional<RequestHandler>> handlers) throws IOException {
        RequestConnection.createServer(vertx, LIMITS, Clock.systemUTC(), handlers)
                .listen(List.of(HOST), port, 1);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private String repliesTo(String requests) throws IOException {
        try (Socket socket = connect()) {
            sendAndShutdownOutput(socket, requests);
            return readAll(socket.getInputStream());
        }
    }

    private static String readAll(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Test
    void client_closesItsSendingSide_stillGetsReplies() throws IOException {
        listen();
        assertThat(repliesTo("one\ntwo\n")).isEqualTo("one\ntwo\n");
        assertThat(repliesTo("one\nwithout end")).isEqualTo("one\n");
        assertThat(repliesTo("one\n\ntwo\n")).isEqualTo("one\nan empty line");
        assertThat(repliesTo("")).isEmpty();
    }

    /** Some sizes exceed the kernel's buffers, so that replies are pending when the client closes its sending side. */
    @Test
    void client_closesItsSendingSideAndReadsLate_getsAllReplies() throws Exception {
        listen();
        for (int lines = 50; lines <= 1_200; lines += 100) {
            String requests = (".".repeat(99) + "\n").repeat(lines);
            try (Socket socket = connect()) {
                Thread writer = new Thread(() -> sendAndShutdownOutput(socket, requests));
                writer.start();
                writer.join(READ_DELAY_MILLIS);
                Thread.sleep(READ_DELAY_MILLIS);
                assertThat(readAll(socket.getInputStream()))
                        .as("of %d lines", lines)
                        .isEqualTo(requests);
                writer.join();
            }
        }
    }

    private static void sendAndShutdownOutput(Socket socket, String requests) {
        try {
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void listen_portUsedByAnotherServerOfTheProcess_fails() throws Exception {
        NetServer other = vertx.createNetServer(
                        new NetServerOptions().setHost(HOST).setPort(port))
                .connectHandler(socket -> socket.close());
        other.listen().toCompletionStage().toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> listen()).isInstanceOf(IOException.class).hasMessageContaining("in use");
    }

    @Test
    void connection_whoseHandlerCannotBeCreated_isClosed() throws IOException {
        listen(client -> {
            throw new IllegalStateException("a test");
        });
        try (Socket socket = connect()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** Accepted connections need file descriptors before their event loop can count them. */
    @Test
    void burst_whileTheEventLoopIsBusy_waitsInTheKernel() throws Exception {
        CompletableFuture<EventExecutor> busy = new CompletableFuture<>();
        CountDownLatch done = new CountDownLatch(1);
        listen(client -> {
            if (busy.complete(currentLoop())) {
                awaitLatch(done);
            }
            return Optional.of(new Echo());
        });
        List<Socket> clients = new ArrayList<>();
        try {
            long before = countOpenFiles();
            for (int i = 0; i < BURST; i++) {
                clients.add(connect());
            }
            for (int i = 0; i < BURST; i++) {
                runOnOtherLoops(busy.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS));
            }
            assertThat(countOpenFiles()).isLessThan(before + BURST + 2 * OpenFileLimit.MAX_IN_TRANSITION);
        } finally {
            done.countDown();
            for (Socket client : clients) {
                client.close();
            }
        }
        await("a connection that is served")
                .atMost(Duration.ofMillis(TIMEOUT_MILLIS))
                .until(this::isServed);
    }

    private boolean isServed() {
        try {
            return repliesTo("one\n").equals("one\n");
        } catch (IOException e) { // there are too many connections still
            return false;
        }
    }

    private EventExecutor currentLoop() {
        for (EventExecutor loop : VertxInternals.eventLoops(vertx)) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        throw new IllegalStateException();
    }

    /** Waits until all other event loops have accepted what they accept at a time. */
    private void runOnOtherLoops(EventExecutor busy) throws Exception {
        for (EventExecutor loop : VertxInternals.eventLoops(vertx)) {
            if (!loop.equals(busy)) {
                loop.submit(() -> {}).get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static long countOpenFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
