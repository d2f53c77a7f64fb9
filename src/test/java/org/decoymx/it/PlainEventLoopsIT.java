package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With {@code decoy.smtp.fast-event-loops=false}, the ports work in the same way on the transport of Vert.x. */
class PlainEventLoopsIT {
    private static final int TIMEOUT_MILLIS = 120_000;

    /** The first 15 characters of a thread's name; the fast event loops do not need this thread. */
    private static final String ACCEPTOR = "vert.x-acceptor";

    private static DecoyProcess plain;
    private static DecoyProcess fast;

    @BeforeAll
    static void start() {
        plain = DecoyProcess.start("decoy.smtp.fast-event-loops=false");
        fast = DecoyProcess.start();
    }

    @AfterAll
    static void stop() {
        plain.close();
        fast.close();
    }

    private static Stream<String> threads(DecoyProcess decoy) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + decoy.pid() + "/task"))) {
            return tasks.map(task -> CompletedProgram.read(task.resolve("comm")).strip()).toList().stream();
        }
    }

    @Test
    void key_choosesTheTransport() throws IOException {
        assertThat(threads(plain)).contains(ACCEPTOR);
        assertThat(threads(fast)).doesNotContain(ACCEPTOR);
    }

    @Test
    void conversation_isDeferredAndListed() {
        assertThat(Swaks.send(plain.smtpPort(), "127.0.0.11").output()).contains("<** 451 4.7.1 try again later");
        plain.awaitListed("127.0.0.11");
    }

    @Test
    void conversation_withStartTls_isDeferredAndListed() {
        assertThat(Swaks.send(plain.smtpPort(), "127.0.0.13", "-tls").output())
                .contains("=== TLS started with cipher")
                .contains("<~* 451 4.7.1 try again later");
        plain.awaitListed("127.0.0.13");
    }

    @Test
    void client_closesItsSendingSide_stillGetsReplies() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), plain.socketmapPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write("16:decoy 192.0.2.99,16:decoy 192.0.2.98,".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("9:NOTFOUND ,9:NOTFOUND ,");
        }
    }
}
