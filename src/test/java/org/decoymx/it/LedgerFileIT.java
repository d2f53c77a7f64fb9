package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Administration of the ledger file: the sqlite3 shell, backups, a clean stop. */
class LedgerFileIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";

    /** More clients than can send mail before the backup ends. */
    private static final int CLIENT_COUNT = 500_000;

    private static final int MIN_FEED_ENTRIES = 300;
    private static final int THREADS = 4;
    private static final int SESSIONS = 20;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path dir = TestResources.createDirectory("ledger");

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    @Test
    void writeTransactionInShell_whileRunning_delaysWritesUntilItEnds() throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(OLD);
            try (SqliteShell.Transaction held = SqliteShell.Transaction.beginWrite(decoy.file())) {
                decoy.assertDeferred(NEW);
                decoy.awaitDown("locked by another program");
                decoy.assertOnlyListed(OLD);
                held.assertOpen();
            }
            decoy.awaitListed(OLD, NEW);
            decoy.awaitUp();
            decoy.assertOnlyStored(OLD, NEW);
        }
    }

    @Test
    void writeTransactionInShell_atStart_storedListIsServed() throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(OLD);
            decoy.decoy().stop();
            try (SqliteShell.Transaction held = SqliteShell.Transaction.beginWrite(decoy.file())) {
                decoy.decoy().restart();
                decoy.assertOnlyListed(OLD);
                decoy.assertDeferred(NEW);
                held.assertOpen();
            }
            decoy.awaitListed(OLD, NEW);
            decoy.awaitUp();
            decoy.assertOnlyStored(OLD, NEW);
        }
    }

    @Test
    void readTransactionInShell_whileRunning_delaysNothing() throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(OLD);
            try (SqliteShell.Transaction held = SqliteShell.Transaction.beginRead(decoy.file())) {
                decoy.assertListed(NEW);
                held.assertOpen();
            }
            decoy.assertOnlyStored(OLD, NEW);
        }
    }

    @Test
    void sigterm_withOpenSessions_storesAllSightings() throws IOException {
        List<SmtpClient> sockets = new ArrayList<>();
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            for (int i = 0; i < SESSIONS; i++) {
                sockets.add(openConversation(decoy, "23.0.2." + (1 + i)));
            }
            decoy.decoy().stop();

            assertThat(SqliteShell.run(
                            decoy.file(), "SELECT DISTINCT ended, sessions FROM senders WHERE conversations = 1"))
                    .isEqualTo("SHUT_DOWN|1");
            assertThat(SqliteShell.caughtOrigins(decoy.file())).hasSize(SESSIONS);
            assertThat(dir.resolve("ledger.db-wal")).doesNotExist();
            assertThat(dir.resolve("ledger.db-shm")).doesNotExist();
        } finally {
            for (SmtpClient socket : sockets) {
                socket.close();
            }
        }
    }

    private static SmtpClient openConversation(DecoyWithLedger decoy, String client) throws IOException {
        SmtpClient socket = ProxiedClient.connect(decoy.decoy().smtpPort(), client);
        socket.readReply();
        socket.sendCommand("EHLO client.example.net");
        socket.sendCommand("MAIL FROM:<sender@example.net>");
        socket.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
        assertThat(socket.sendCommand("DATA")).startsWith("451 ");
        return socket;
    }

    @Test
    void backup_underLoad_isIntactAndCanBeServed() {
        Path restored = TestResources.createDirectory("restored");
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir);
                MailLoad load = MailLoad.start(decoy.decoy().smtpPort(), THREADS)) {
            load.addClients(IntStream.range(0, CLIENT_COUNT)
                    .mapToObj(i -> "24." + i / 62_500 + "." + i / 250 % 250 + "." + (1 + i % 250))
                    .toList());
            await("entries in the feed")
                    .atMost(LIMIT)
                    .until(() -> decoy.decoy().feedEntries().size() > MIN_FEED_ENTRIES);
            List<String> entries = decoy.decoy().feedEntries();
            Path copy = restored.resolve("ledger.db");
            SqliteShell.run(decoy.file(), ".backup " + copy);
            assertThat(load.deferredCount())
                    .as("clients deferred before the backup ended")
                    .isLessThan(CLIENT_COUNT);
            SqliteShell.assertIntact(copy);
            try (DecoyWithLedger second = DecoyWithLedger.startIn(restored)) {
                assertThat(second.decoy().feedEntries()).containsAll(entries);
            }
        } finally {
            TestResources.delete(restored);
        }
    }

    @Test
    void sendersView_inBoxMode_isReadableAndHasNoRecipient() throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(OLD);
            try (SmtpClient client = ProxiedClient.connect(decoy.decoy().smtpPort(), "2a01:4f8:1:2::25")) {
                client.sendLine("EHLO localhost\r\nMAIL FROM:<sender@example.net>\r\nRCPT TO:<"
                        + DecoyWithLedger.RECIPIENT + ">\r\nDATA");
                client.readReply();
            }
            await("the sender with HELO_LIES in the ledger file").atMost(LIMIT).until(() -> SqliteShell.run(
                            decoy.file(), "SELECT count(*) FROM senders WHERE traits LIKE '%HELO_LIES%'")
                    .equals("1"));
            String table = SqliteShell.run(decoy.file(), ".mode box", "SELECT * FROM senders");

            assertThat(table)
                    .contains(OLD, "2a01:4f8:1:2::25", "HELO_LIES", "QUIT", "example.net")
                    .containsPattern("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
            assertRecipientNotStored();
            decoy.decoy().stop();
            assertRecipientNotStored();
        }
    }

    private void assertRecipientNotStored() throws IOException {
        try (var files = Files.list(dir)) {
            assertThat(files.toList()).isNotEmpty().allSatisfy(file -> assertThat(CompletedProgram.read(file))
                    .doesNotContainIgnoringCase("frances")
                    .doesNotContainIgnoringCase("holloway"));
        }
    }
}
