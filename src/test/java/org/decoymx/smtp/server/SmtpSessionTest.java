package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Test;

/** Sessions over real sockets: delays, timeouts, limits, the end of a session, and sightings. */
class SmtpSessionTest {
    private static final Duration SHORT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration WAIT_TIMEOUT = Duration.ofMinutes(2);
    private static final String TRANSACTION =
            "MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nRCPT TO:<x@foreign.example>\r\nDATA\r\n";

    @Test
    void client_sendsDuringGreetingDelay_isEarlyTalker() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").withGreetingDelay(SHORT_TIMEOUT).start();
                SocketPeer client = server.client()) {
            assertThat(client.readReplyLine()).isEqualTo("220-mx9.decoy.test ESMTP Hows it goin?");
            client.send("EHLO client.example.net\r\nQUIT\r\n");
            assertThat(client.readReplyLine()).isEqualTo("220 mx9.decoy.test ESMTP Hows it goin?");
            client.expectReply(250);
            client.expectReply(221);
            assertThat(client.disconnect().traits())
                    .containsExactlyInAnyOrder(Trait.EARLY_TALKER, Trait.PIPELINED_UNASKED);
        }
    }

    @Test
    void client_waitsForGreeting_isNotEarlyTalker() throws IOException {
        try (DecoyServer server = DecoyServer.setup("")
                        .withGreetingDelay(Duration.ofMillis(300))
                        .start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            client.quit();
            assertThat(client.disconnect().traits()).isEmpty();
        }
    }

    @Test
    void client_sendsMuchDuringGreetingDelay_losesNothing() throws IOException {
        try (DecoyServer server = DecoyServer.setup("")
                        .withGreetingDelay(Duration.ofMillis(300))
                        .start();
                SocketPeer client = server.client()) {
            client.send(
                    "HELO a.example\r\nMAIL FROM:<>\r\n" + "RCPT TO:<b@example.org>\r\n".repeat(5_000) + "QUIT\r\n");
            client.expectReply(220);
            client.expectReply(250);
            client.expectReply(250);
            for (int i = 0; i < 5_000; i++) {
                client.expectReply(i < 100 ? 250 : 452);
            }
            client.expectReply(221);
            assertThat(client.disconnect().recipients()).isEqualTo(5_000);
        }
    }

    @Test
    void replies_withReplyDelay_areDelayedIndividually() throws IOException {
        try (DecoyServer server = DecoyServer.setup("")
                        .withReplyDelay(Duration.ofMillis(150))
                        .start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            long start = System.nanoTime();
            client.send("RSET\r\nRSET\r\nRSET\r\n");
            client.expectReply(250);
            client.expectReply(250);
            client.expectReply(250);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(445), WAIT_TIMEOUT);
        }
    }

    @Test
    void startTls_withReplyDelay_dropsInjectedCommands() throws IOException {
        try (DecoyServer server = DecoyServer.setup("")
                        .withReplyDelay(Duration.ofMillis(150))
                        .start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            client.send("STARTTLS\r\nMAIL FROM:<evil@example.com>\r\n");
            client.expectReply(220);
            client.startTls();
            client.quit();
            assertThat(client.disconnect().sender()).isEmpty();
        }
    }

    @Test
    void client_silent_timesOutWith421() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").withIdleTimeout(SHORT_TIMEOUT).start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            assertThat(client.readReplyLine()).isEqualTo("421 4.4.2 mx9.decoy.test fell asleep waiting, bye");
            assertThat(client.readLine()).isNull();
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(client.awaitFinalSighting().traits()).isEmpty();
        }
    }

    @Test
    void session_tooLong_timesOutWith421() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").withSessionTimeout(SHORT_TIMEOUT).start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            client.send("MAIL FROM:<>\r\n");
            String line = client.readReplyLine();
            while (!line.startsWith("421")) {
                client.send("RCPT TO:<b@example.org>\r\n");
                line = client.readReplyLine();
            }
            assertThat(client.readLine()).isNull();
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.TIMED_OUT);
        }
    }

    @Test
    void client_writesOctetByOctetWithoutEnd_timesOutWith421() throws IOException {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        try (DecoyServer server =
                        DecoyServer.setup("").withIdleTimeout(SHORT_TIMEOUT).start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            var sending = scheduler.scheduleAtFixedRate(() -> client.send("A"), 0, 50, TimeUnit.MILLISECONDS);
            client.expectReply(421);
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.TIMED_OUT);
            sending.cancel(true);
        } finally {
            scheduler.shutdownNow();
        }
    }

    @Test
    void client_neverReads_isDisconnectedAfterTimeout() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").withIdleTimeout(SHORT_TIMEOUT).start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            client.send("MAIL FROM:<>\r\n" + "RCPT TO:<b@example.org>\r\n".repeat(1_000_000));
            await().atMost(WAIT_TIMEOUT).until(() -> server.openConnections() == 0);
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertNewSessionWorks(server);
        }
    }

    @Test
    void client_readsLate_getsAllReplies() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            int recipients = 400_000;
            client.send("MAIL FROM:<>\r\n" + "RCPT TO:<b@example.org>\r\n".repeat(recipients) + "QUIT\r\n");
            client.expectReply(250);
            for (int i = 0; i < recipients; i++) {
                client.expectReply(i < 100 ? 250 : 452);
            }
            client.expectReply(221);
            assertThat(client.disconnect().recipients()).isEqualTo(recipients);
        }
    }

    @Test
    void connections_aboveTotalLimit_get421() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").withConnectionLimits(2, 10).start();
                SocketPeer first = server.client("127.0.0.2");
                SocketPeer second = server.client("127.0.0.3")) {
            first.sendEhlo();
            second.sendEhlo();
            assertIsRejected(server, "127.0.0.4");
            first.disconnect();
            await().atMost(WAIT_TIMEOUT).until(() -> server.openConnections() == 1);
            assertNewSessionWorks(server);
        }
    }

    @Test
    void connections_aboveClientLimit_get421() throws IOException {
        try (DecoyServer server =
                        DecoyServer.setup("").withConnectionLimits(10, 2).start();
                SocketPeer first = server.client("127.0.0.2");
                SocketPeer second = server.client("127.0.0.2");
                SocketPeer other = server.client("127.0.0.3")) {
            first.sendEhlo();
            second.sendEhlo();
            other.sendEhlo();
            assertIsRejected(server, "127.0.0.2");
            assertThat(server.sightings()).isEmpty();
            second.disconnect();
            try (SocketPeer again = server.client("127.0.0.2")) {
                again.sendEhlo();
            }
        }
    }

    private static void assertIsRejected(DecoyServer server, String source) throws IOException {
        try (SocketPeer client = server.client(source)) {
            assertThat(client.readReplyLine())
                    .isEqualTo("421 4.7.0 mx9.decoy.test too many connections, come back later");
            assertThat(client.readLine()).isNull();
        }
    }

    @Test
    void client_disconnectsWithinLine_isReportedAndClosed() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            client.send("MAIL FROM:<a@exam");
            client.shutdownOutput();
            assertThat(client.readLine()).isNull();
            Sighting sighting = client.awaitFinalSighting();
            assertThat(sighting.outcome()).isEqualTo(Outcome.LEFT);
            assertThat(sighting.traits()).containsExactly(Trait.NO_QUIT);
            assertThat(sighting.facts().deepestVerb()).isEqualTo(Verb.EHLO);
            assertThat(server.openConnections()).isZero();
            assertNewSessionWorks(server);
        }
    }

    @Test
    void client_resetsConnection_isReportedAndClosed() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            client.reset();
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.LEFT);
            assertThat(server.openConnections()).isZero();
            assertNewSessionWorks(server);
        }
    }

    @Test
    void client_sendsNoHandshakeAfterStartTls_isClosed() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            client.send("STARTTLS\r\n");
            client.expectReply(220);
            client.send("EHLO evil.example\r\nMAIL FROM:<evil@example.com>\r\n".repeat(3));
            Sighting sighting = client.awaitFinalSighting();
            assertThat(sighting.outcome()).isEqualTo(Outcome.LEFT);
            assertThat(sighting.facts().helo()).isEqualTo("client.example.net");
            assertNewSessionWorks(server);
        }
    }

    private static void assertNewSessionWorks(DecoyServer server) throws IOException {
        try (SocketPeer client = server.client("127.0.0.9")) {
            client.sendEhlo();
            client.quit();
        }
    }

    @Test
    void session_deferred_isReportedAtDeferralAndAtEnd() throws IOException {
        try (DecoyServer server = DecoyServer.setup("example.org").start();
                SocketPeer client = server.client("127.0.0.7")) {
            client.sendEhlo();
            client.send(TRANSACTION);
            client.expectReply(250);
            client.expectReply(250);
            client.expectReply(554);
            client.expectReply(451);
            await().atMost(WAIT_TIMEOUT).until(() -> server.sightings().size() == 1);
            client.send("MAIL FROM:<>\r\nRCPT TO:<c@example.org>\r\nDATA\r\n");
            client.expectReply(250);
            client.expectReply(250);
            client.expectReply(451);
            client.quit();
            client.disconnect();

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
            assertThat(server.sightings())
                    .flatExtracting(Sighting::caught)
                    .extracting(CaughtEnvelopes::hashes)
                    .containsExactly(
                            LongList.of(DecoyServer.ENVELOPES.hash("a@example.com", "b@example.org")),
                            LongList.of(DecoyServer.ENVELOPES.hash("", "c@example.org")));
            assertThat(server.sightings())
                    .flatExtracting(Sighting::caught)
                    .extracting(CaughtEnvelopes::nullReversePath)
                    .containsExactly(false, true);
        }
    }

    @Test
    void sessions_inSequence_areNumbered() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start()) {
            for (long session = 1; session <= 3; session++) {
                try (SocketPeer client = server.client()) {
                    client.expectReply(220);
                    client.disconnect();
                    assertThat(client.awaitFinalSighting().sessionNumber()).isEqualTo(session);
                    assertThat(client.awaitFinalSighting().isQualifyingConversation())
                            .isFalse();
                }
            }
        }
    }

    @Test
    void session_withTls_isReportedWithTls() throws IOException {
        try (DecoyServer server = DecoyServer.setup("").start();
                SocketPeer client = server.client()) {
            client.sendEhlo();
            client.send("STARTTLS\r\n");
            client.expectReply(220);
            client.startTls();
            client.quit();
            assertThat(client.disconnect().tls()).isTrue();
        }
    }

    @Test
    void server_stops_sends421ToAllClients() throws IOException {
        DecoyServer server = DecoyServer.setup("").start();
        try (SocketPeer client = server.client()) {
            client.sendEhlo();
            server.close();
            assertThat(client.readReplyLine()).startsWith("421 4.3.2 ");
            assertThat(client.readLine()).isNull();
            assertThat(client.awaitFinalSighting().outcome()).isEqualTo(Outcome.SHUT_DOWN);
        }
    }
}
