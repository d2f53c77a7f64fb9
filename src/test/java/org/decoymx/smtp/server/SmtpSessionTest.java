package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Test;

/** Sessions over real sockets: time, limits, endings, and what is seen of them. */
class SmtpSessionTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration WAIT_TIMEOUT = Duration.ofMinutes(2);
    private static final String TO_DATA =
            "MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nRCPT TO:<x@foreign.example>\r\nDATA\r\n";

    private static void hello(SocketPeer client) {
        client.reply(220);
        client.send("EHLO client.example.net\r\n");
        client.reply(250);
    }

    @Test
    void client_speaksInGreetingPause_isNotedAsEarlyTalker() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").greeting(SHORT).start();
                SocketPeer client = server.client()) {
            assertThat(client.replyLine()).isEqualTo("220-mx9.decoy.test ESMTP Hows it goin?");
            client.send("EHLO client.example.net\r\nQUIT\r\n");
            assertThat(client.replyLine()).isEqualTo("220 mx9.decoy.test ESMTP Hows it goin?");
            client.reply(250);
            client.reply(221);
            assertThat(client.leave().traits()).containsExactlyInAnyOrder(Trait.EARLY_TALKER, Trait.PIPELINED_UNASKED);
        }
    }

    @Test
    void client_waitsForGreeting_isNoEarlyTalker() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").greeting(Duration.ofMillis(300)).start();
                SocketPeer client = server.client()) {
            hello(client);
            client.send("QUIT\r\n");
            client.reply(221);
            assertThat(client.leave().traits()).isEmpty();
        }
    }

    @Test
    void client_sendsMuchInGreetingPause_losesNothing() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").greeting(Duration.ofMillis(300)).start();
                SocketPeer client = server.client()) {
            client.send(
                    "HELO a.example\r\nMAIL FROM:<>\r\n" + "RCPT TO:<b@example.org>\r\n".repeat(5_000) + "QUIT\r\n");
            client.reply(220);
            client.reply(250);
            client.reply(250);
            for (int i = 0; i < 5_000; i++) {
                client.reply(i < 100 ? 250 : 452);
            }
            client.reply(221);
            assertThat(client.leave().recipients()).isEqualTo(5_000);
        }
    }

    @Test
    void replies_withReplyDelay_areHeldBackEach() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").reply(Duration.ofMillis(150)).start();
                SocketPeer client = server.client()) {
            hello(client);
            long begin = System.nanoTime();
            client.send("RSET\r\nRSET\r\nRSET\r\n");
            client.reply(250);
            client.reply(250);
            client.reply(250);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(445), WAIT_TIMEOUT);
        }
    }

    @Test
    void startTls_withReplyDelay_dropsWhatWasInjected() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").reply(Duration.ofMillis(150)).start();
                SocketPeer client = server.client()) {
            hello(client);
            client.send("STARTTLS\r\nMAIL FROM:<evil@example.com>\r\n");
            client.reply(220);
            client.tls();
            client.send("QUIT\r\n");
            client.reply(221);
            assertThat(client.leave().sender()).isEmpty();
        }
    }

    @Test
    void client_silent_timesOutWith421() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").idle(SHORT).start();
                SocketPeer client = server.client()) {
            hello(client);
            assertThat(client.replyLine()).isEqualTo("421 4.4.2 mx9.decoy.test fell asleep waiting, bye");
            assertThat(client.line()).isNull();
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(client.awaitFinalSighting().traits()).isEmpty();
        }
    }

    @Test
    void client_busyTooLong_timesOutWith421() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").session(SHORT).start();
                SocketPeer client = server.client()) {
            hello(client);
            client.send("MAIL FROM:<>\r\n");
            String line = client.replyLine();
            while (!line.startsWith("421")) {
                client.send("RCPT TO:<b@example.org>\r\n");
                line = client.replyLine();
            }
            assertThat(client.line()).isNull();
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.TIMED_OUT);
        }
    }

    @Test
    void client_writesOctetByOctetWithoutEnd_timesOutWith421() throws IOException {
        ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();
        try (DecoyServer server = DecoyServer.setup("").idle(SHORT).start();
                SocketPeer client = server.client()) {
            hello(client);
            var dripping = drip.scheduleAtFixedRate(() -> client.send("A"), 0, 50, TimeUnit.MILLISECONDS);
            client.reply(421);
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.TIMED_OUT);
            dripping.cancel(true);
        } finally {
            drip.shutdownNow();
        }
    }

    @Test
    void client_neverReads_isGoneAfterItsTime() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").idle(SHORT).start();
                SocketPeer client = server.client()) {
            hello(client);
            client.send("MAIL FROM:<>\r\n" + "RCPT TO:<b@example.org>\r\n".repeat(1_000_000));
            await().atMost(WAIT_TIMEOUT).until(() -> server.open() == 0);
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.TIMED_OUT);
            aFreshSessionWorks(server);
        }
    }

    @Test
    void client_readsLate_getsEveryReply() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            hello(client);
            int many = 400_000;
            client.send("MAIL FROM:<>\r\n" + "RCPT TO:<b@example.org>\r\n".repeat(many) + "QUIT\r\n");
            client.reply(250);
            for (int i = 0; i < many; i++) {
                client.reply(i < 100 ? 250 : 452);
            }
            client.reply(221);
            assertThat(client.leave().recipients()).isEqualTo(many);
        }
    }

    @Test
    void connections_moreThanAllMay_getFourTwentyOne() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").limits(2, 10).start();
                SocketPeer first = server.client("127.0.0.2");
                SocketPeer second = server.client("127.0.0.3")) {
            hello(first);
            hello(second);
            assertIsTurnedAway(server, "127.0.0.4");
            first.leave();
            await().atMost(WAIT_TIMEOUT).until(() -> server.open() == 1);
            aFreshSessionWorks(server);
        }
    }

    @Test
    void connections_moreThanAClientMay_getFourTwentyOne() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").limits(10, 2).start();
                SocketPeer first = server.client("127.0.0.2");
                SocketPeer second = server.client("127.0.0.2");
                SocketPeer other = server.client("127.0.0.3")) {
            hello(first);
            hello(second);
            hello(other);
            assertIsTurnedAway(server, "127.0.0.2");
            assertThat(server.sightings()).isEmpty();
            second.leave();
            try (SocketPeer again = server.client("127.0.0.2")) {
                hello(again);
            }
        }
    }

    private static void assertIsTurnedAway(DecoyServer server, String source) throws IOException {
        try (SocketPeer client = server.client(source)) {
            assertThat(client.replyLine()).isEqualTo("421 4.7.0 mx9.decoy.test too many connections, come back later");
            assertThat(client.line()).isNull();
        }
    }

    @Test
    void client_leavesInMidLine_isNotedAndGone() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            hello(client);
            client.send("MAIL FROM:<a@exam");
            client.finish();
            assertThat(client.line()).isNull();
            Sighting seen = client.awaitFinalSighting();
            assertThat(seen.outcome()).isEqualTo(Outcome.LEFT);
            assertThat(seen.traits()).containsExactly(Trait.NO_QUIT);
            assertThat(seen.facts().deepestVerb()).isEqualTo(Verb.EHLO);
            assertThat(server.open()).isZero();
            aFreshSessionWorks(server);
        }
    }

    @Test
    void client_resets_isNotedAndGone() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            hello(client);
            client.reset();
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.LEFT);
            assertThat(server.open()).isZero();
            aFreshSessionWorks(server);
        }
    }

    @Test
    void client_sendsNoHandshakeAfterStartTls_isClosed() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            hello(client);
            client.send("STARTTLS\r\n");
            client.reply(220);
            client.send("EHLO evil.example\r\nMAIL FROM:<evil@example.com>\r\n".repeat(3));
            Sighting seen = client.awaitFinalSighting();
            assertThat(seen.outcome()).isEqualTo(Outcome.LEFT);
            assertThat(seen.facts().helo()).isEqualTo("client.example.net");
            aFreshSessionWorks(server);
        }
    }

    private static void aFreshSessionWorks(DecoyServer server) throws IOException {
        try (SocketPeer client = server.client("127.0.0.9")) {
            hello(client);
            client.send("QUIT\r\n");
            client.reply(221);
        }
    }

    @Test
    void session_deferred_isSeenAtTheDeferralAndAtItsEnd() throws IOException {
        try (DecoyServer server = DecoyServer.setup("example.org").start();
                SocketPeer client = server.client("127.0.0.7")) {
            hello(client);
            client.send(TO_DATA);
            client.reply(250);
            client.reply(250);
            client.reply(554);
            client.reply(451);
            await().atMost(WAIT_TIMEOUT).until(() -> server.sightings().size() == 1);
            client.send("MAIL FROM:<>\r\nRCPT TO:<c@example.org>\r\nDATA\r\n");
            client.reply(250);
            client.reply(250);
            client.reply(451);
            client.send("QUIT\r\n");
            client.reply(221);
            client.leave();

            assertThat(server.sightings()).extracting(Sighting::outcome).containsExactly(Outcome.OPEN, Outcome.QUIT);
            assertThat(server.sightings()).extracting(Sighting::sessionNumber).containsExactly(1L, 1L);
            assertThat(server.sightings()).extracting(Sighting::address).containsOnly(Ip.of("127.0.0.7"));
            assertThat(server.sightings()).allMatch(Sighting::isQualifyingConversation);
            SessionFacts atDeferral = server.sightings().get(0).facts();
            assertThat(atDeferral.deepestVerb()).isEqualTo(Verb.DATA);
            assertThat(atDeferral.helo()).isEqualTo("client.example.net");
            assertThat(atDeferral.sender()).isEqualTo("a@example.com");
            assertThat(atDeferral.recipients()).isEqualTo(2);
            assertThat(atDeferral.protectedRecipients()).isEqualTo(1);
            assertThat(atDeferral.traits()).containsExactly(Trait.RELAY_PROBE);
            assertThat(server.sightings().get(1).facts().protectedRecipients()).isEqualTo(2);
        }
    }

    @Test
    void sessions_oneAfterAnother_areNumbered() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start()) {
            for (long session = 1; session <= 3; session++) {
                try (SocketPeer client = server.client()) {
                    client.reply(220);
                    client.leave();
                    assertThat(client.awaitFinalSighting().sessionNumber()).isEqualTo(session);
                    assertThat(client.awaitFinalSighting().isQualifyingConversation())
                            .isFalse();
                }
            }
        }
    }

    @Test
    void session_inTls_isSeenAsSuch() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            hello(client);
            client.send("STARTTLS\r\n");
            client.reply(220);
            client.tls();
            client.send("QUIT\r\n");
            client.reply(221);
            assertThat(client.leave().tls()).isTrue();
        }
    }

    @Test
    void server_stops_saysGoodbyeToEverybody() throws IOException {
        DecoyServer server = DecoyServer.setup("").start();
        try (SocketPeer client = server.client()) {
            hello(client);
            server.close();
            assertThat(client.replyLine()).startsWith("421 4.3.2 ");
            assertThat(client.line()).isNull();
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.SHUT_DOWN);
        }
    }
}
