package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With {@code decoy.smtp.fast-event-loops=false}, the ports work in the same way on the transport of Vert.x. */
class PlainEventLoopsIT {
    private static final int TIMEOUT_MILLIS = 120_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** The first 15 characters of a thread's name; the fast event loops do not need this thread. */
    private static final String ACCEPTOR = "vert.x-acceptor";

    private static DecoyProcess plain;
    private static DecoyProcess fast;

    @BeforeAll
    static void start() {
        plain = DecoyProcess.start("decoy.smtp.fast-event-loops=false", "decoy.exchange.servers=127.0.0.1:1");
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

    /** The classes of Kafka that are loaded. */
    private static Stream<String> kafkaClasses(DecoyProcess decoy) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        CompletedProgram listing = CompletedProgram.run(LIMIT, jcmd, String.valueOf(decoy.pid()), "VM.class_hierarchy");
        assertThat(listing.output()).contains("org.decoymx.Main/");
        return listing.output().lines().filter(line -> line.contains("org.apache.kafka."));
    }

    @Test
    void exchange_costsNoThreadAndNoClass_withoutItsKey() throws IOException {
        assertThat(threads(fast)).noneMatch(name -> name.startsWith("exchange") || name.startsWith("kafka"));
        assertThat(kafkaClasses(fast)).isEmpty();
        assertThat(threads(plain)).anyMatch(name -> name.startsWith("exchange"));
        assertThat(kafkaClasses(plain)).isNotEmpty();
    }

    /** Nobody listens where the broker should be. */
    @Test
    void exchange_withoutABroker_logsOneLine_andListsSenders() {
        await("the message").atMost(LIMIT).until(() -> exchangeLines().findAny().isPresent());
        assertThat(Swaks.send(plain.smtpPort(), "127.0.0.12").output()).contains("<** 451 4.7.1 try again later");
        plain.awaitListed("127.0.0.12");
        assertThat(exchangeLines().toList()).singleElement().asString().contains("no broker answered in time");
    }

    private static Stream<String> exchangeLines() {
        return plain.log().lines().filter(line -> line.toLowerCase(Locale.ROOT).matches(".*(exchange|kafka).*"));
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
