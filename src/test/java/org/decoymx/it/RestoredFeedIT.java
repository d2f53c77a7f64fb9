package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An address listed before a restart is listed after it. */
class RestoredFeedIT {
    private static final String LISTED = "127.0.0.71";

    @TempDir
    private Path dir;

    @BeforeEach
    void listClient() throws IOException {
        try (DecoyProcess decoy = start()) {
            SmtpClient.mail(decoy.smtpPort(), LISTED, "user@example.org");
            decoy.awaitListed(LISTED);
        }
    }

    private DecoyProcess start() {
        return DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.ledger.dir=" + dir);
    }

    @Test
    void restart_keepsTheListing() {
        try (DecoyProcess decoy = start()) {
            assertThat(decoy.feedEntries()).containsExactly(LISTED);
        }
    }

    @Test
    void ledgerUnreadableAtStart_isListedOnceReadable() throws IOException {
        Path file = dir.resolve("trial.db");
        Path backup = Files.move(file, dir.resolve("aside"));
        Files.createDirectory(file);
        try (DecoyProcess decoy = start()) {
            assertThat(decoy.feedEntries()).isEmpty();
            Files.delete(file);
            Files.move(backup, file);
            decoy.awaitListed(LISTED);
        }
    }
}
