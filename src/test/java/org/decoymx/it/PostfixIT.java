package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A proper mail server loses nothing at the decoy: it keeps its mail, and delivers it where mail is taken. */
class PostfixIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MESSAGES = 20;
    private static final String DEFERRAL = "said: 451 4.7.1 try again later (in reply to DATA command)";

    @Test
    void postfix_keepsItsMailAtTheDecoy_andDeliversItOnceItIsTaken() throws IOException {
        String source = RealProgram.require("smtp-source");
        String sink = RealProgram.require("smtp-sink");
        try (Decoy decoy = Decoy.start();
                Postfix postfix = new Postfix(decoy.smtpPort())) {
            send(source, postfix.port());
            keepsAll(postfix);
            decoy.promptlyLists("127.0.0.1");
            assertThat(decoy.meter("decoy_replies_total{code=\"451\"}")).isEqualTo(MESSAGES);
            deliversAll(postfix, sink);
        }
    }

    private static void send(String source, int port) {
        String messages = Integer.toString(MESSAGES);
        Run run = Run.of(LIMIT, source, "-N", "-s", "4", "-m", messages, "-t", "user@example.org", "127.0.0.1:" + port);
        assertThat(run.code()).as(run.output()).isZero();
    }

    private static void keepsAll(Postfix postfix) {
        await("all messages deferred").atMost(LIMIT).untilAsserted(() -> assertThat(postfix.queue())
                .as(postfix::log)
                .hasSize(MESSAGES)
                .allSatisfy(message -> assertThat(message)
                        .contains("\"queue_name\": \"deferred\"")
                        .contains(DEFERRAL)));
    }

    private static void deliversAll(Postfix postfix, String sink) throws IOException {
        Path dir = Scratch.directory("sink");
        Path mail = Postfix.ownedByPostfix(Files.createDirectory(dir.resolve("mail")));
        int port = Scratch.port();
        try (Daemon taker = Daemon.start(
                dir,
                port,
                sink,
                "-c",
                "-u",
                "postfix",
                "-d",
                mail.resolve("m.").toString(),
                "127.0.0.1:" + port,
                "100")) {
            postfix.relayTo(port);
            await("an empty queue").atMost(LIMIT).untilAsserted(() -> assertThat(postfix.queue())
                    .as(postfix::log)
                    .isEmpty());
            assertThat(recipients(mail)).hasSize(MESSAGES).doesNotHaveDuplicates();
            assertThat(taker.isAlive()).isTrue();
        } finally {
            Scratch.delete(dir);
        }
    }

    private static List<String> recipients(Path mail) throws IOException {
        try (Stream<Path> files = Files.list(mail)) {
            return files.flatMap(file -> Run.read(file).lines())
                    .filter(line -> line.startsWith("X-Rcpt-Args:"))
                    .toList();
        }
    }
}
