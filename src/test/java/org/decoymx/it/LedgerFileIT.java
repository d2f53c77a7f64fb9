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

/** The ledger as an administrator handles it: the sqlite3 shell, backups, a clean stop. */
class LedgerFileIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";
    private static final int MORE_THAN_CAN_BE_MAILED = 500_000;
    private static final int MANY = 3_000;
    private static final int THREADS = 4;
    private static final int SESSIONS = 20;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path dir = Scratch.directory("ledger");

    @AfterEach
    void cleanUp() {
        Scratch.delete(dir);
    }

    @Test
    void shellHoldsAWriteTransaction_waitsAndRecovers() throws IOException {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            decoy.catches(OLD);
            try (Sqlite.Transaction held = Sqlite.Transaction.begin(decoy.file())) {
                decoy.defers(NEW);
                decoy.comesToComplain("locked by another program");
                decoy.listsOnly(OLD);
                held.isHeld();
            }
            decoy.comesToList(OLD, NEW);
            decoy.recovers();
            decoy.keepsOnly(OLD, NEW);
        }
    }

    @Test
    void shellHoldsAWriteTransaction_atTheStart_servesTheOldList() throws IOException {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            decoy.catches(OLD);
            decoy.decoy().stop();
            try (Sqlite.Transaction held = Sqlite.Transaction.begin(decoy.file())) {
                decoy.decoy().restart();
                decoy.listsOnly(OLD);
                decoy.defers(NEW);
                held.isHeld();
            }
            decoy.comesToList(OLD, NEW);
            decoy.recovers();
            decoy.keepsOnly(OLD, NEW);
        }
    }

    @Test
    void shellHoldsAReadTransaction_hindersNothing() throws IOException {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            decoy.catches(OLD);
            try (Sqlite.Transaction held = Sqlite.Transaction.read(decoy.file())) {
                decoy.catches(NEW);
                held.isHeld();
            }
            decoy.keepsOnly(OLD, NEW);
        }
    }

    @Test
    void sigterm_withSessionsOpen_keepsThemAll() throws IOException {
        List<SmtpSocket> sockets = new ArrayList<>();
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            for (int i = 0; i < SESSIONS; i++) {
                sockets.add(openConversation(decoy, "23.0.2." + (1 + i)));
            }
            decoy.decoy().stop();

            assertThat(Sqlite.run(decoy.file(), "SELECT DISTINCT ended, sessions FROM senders WHERE conversations = 1"))
                    .isEqualTo("SHUT_DOWN|1");
            assertThat(Sqlite.caught(decoy.file())).hasSize(SESSIONS);
            assertThat(dir.resolve("ledger.db-wal")).doesNotExist();
            assertThat(dir.resolve("ledger.db-shm")).doesNotExist();
        } finally {
            for (SmtpSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static SmtpSocket openConversation(LedgerDecoy decoy, String client) throws IOException {
        SmtpSocket socket = Proxied.connect(decoy.decoy().smtpPort(), client);
        socket.reply();
        socket.say("EHLO client.example.net");
        socket.say("MAIL FROM:<sender@example.net>");
        socket.say("RCPT TO:<" + LedgerDecoy.RECIPIENT + ">");
        assertThat(socket.say("DATA")).startsWith("451 ");
        return socket;
    }

    @Test
    void backup_underLoad_isSoundAndServes() {
        Path restored = Scratch.directory("restored");
        try (LedgerDecoy decoy = LedgerDecoy.in(dir);
                Load load = Load.start(decoy.decoy().smtpPort(), THREADS)) {
            load.add(IntStream.range(0, MORE_THAN_CAN_BE_MAILED)
                    .mapToObj(i -> "24." + i / 62_500 + "." + i / 250 % 250 + "." + (1 + i % 250))
                    .toList());
            await("some in the feed")
                    .atMost(LIMIT)
                    .until(() -> decoy.decoy().feed().size() > MANY / 10);
            List<String> served = decoy.decoy().feed();
            Path copy = restored.resolve("ledger.db");
            Sqlite.run(decoy.file(), ".backup " + copy);
            assertThat(load.deferred()).as("the load went on").isLessThan(MORE_THAN_CAN_BE_MAILED);
            Sqlite.isSound(copy);
            try (LedgerDecoy second = LedgerDecoy.in(restored)) {
                assertThat(second.decoy().feed()).containsAll(served);
            }
        } finally {
            Scratch.delete(restored);
        }
    }

    @Test
    void senders_readWell_andNameNoRecipient() throws IOException {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            decoy.catches(OLD);
            try (SmtpSocket rude = Proxied.connect(decoy.decoy().smtpPort(), "2a01:4f8:1:2::25")) {
                rude.send("EHLO localhost\r\nMAIL FROM:<sender@example.net>\r\nRCPT TO:<" + LedgerDecoy.RECIPIENT
                        + ">\r\nDATA");
                rude.reply();
            }
            await("both on the disk").atMost(LIMIT).until(() -> Sqlite.run(
                            decoy.file(), "SELECT count(*) FROM senders WHERE traits LIKE '%HELO_LIES%'")
                    .equals("1"));
            String table = Sqlite.run(decoy.file(), ".mode box", "SELECT * FROM senders");

            assertThat(table)
                    .contains(OLD, "2a01:4f8:1:2::/64", "HELO_LIES", "QUIT", "example.net")
                    .containsPattern("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
            namesNobody();
            decoy.decoy().stop();
            namesNobody();
        }
    }

    private void namesNobody() throws IOException {
        try (var files = Files.list(dir)) {
            assertThat(files.toList()).isNotEmpty().allSatisfy(file -> assertThat(Run.read(file))
                    .doesNotContainIgnoringCase("frances")
                    .doesNotContainIgnoringCase("holloway"));
        }
    }
}
