package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever was listed before a restart is listed after it. */
class RestoredFeedIT {
    private static final String CAUGHT = "127.0.0.71";

    @TempDir
    private Path dir;

    @BeforeEach
    void listOne() throws IOException {
        try (DecoyProcess decoy = start()) {
            SmtpClient.mail(decoy.smtpPort(), CAUGHT, "user@example.org");
            decoy.awaitListed(CAUGHT);
        }
    }

    private DecoyProcess start() {
        return DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.ledger.dir=" + dir);
    }

    @Test
    void restart_keepsTheList() {
        try (DecoyProcess decoy = start()) {
            assertThat(decoy.feedEntries()).containsExactly(CAUGHT);
        }
    }

    @Test
    void ledger_thatCanBeReadOnlyLater_isListedThen() throws IOException {
        Path file = dir.resolve("trial.db");
        Path aside = Files.move(file, dir.resolve("aside"));
        Files.createDirectory(file);
        try (DecoyProcess decoy = start()) {
            assertThat(decoy.feedEntries()).isEmpty();
            Files.delete(file);
            Files.move(aside, file);
            decoy.awaitListed(CAUGHT);
        }
    }
}
