package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The other files of the data directory after a power cut, and a second decoy in it. */
class DataFilesIT {
    private static final String ADMIN = "decoy.admin.token=" + "0123456789abcdef";
    private static final List<String> TEXTS = List.of("exemptions.txt", "self-signed.pem", "spf.txt");

    private final Path dir = TestResources.createDirectory("data");

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    private DecoyProcess start() {
        return DecoyProcess.start(Stream.concat(
                        Stream.of(DecoyWithLedger.settings(dir)),
                        Stream.of(ADMIN, "decoy.exempt.spf-domains=example.org"))
                .toArray(String[]::new));
    }

    @Test
    void emptyFiles_areReplacedByTheirCopies_andReported() throws IOException {
        try (DecoyProcess decoy = start()) {
            Files.writeString(dir.resolve("exemptions.txt"), "203.0.113.0/24 # our partner\n");
            Files.writeString(dir.resolve("spf.txt"), "# example.org " + Instant.now() + "\n198.51.100.0/24\n");
            decoy.stop();
            decoy.restart();
            List<String> intact = readTexts();
            for (String damage : List.of("", "\0".repeat(4_096))) {
                decoy.stop();
                for (String text : TEXTS) {
                    Files.writeString(dir.resolve(text), damage);
                }
                Files.writeString(dir.resolve("primary.db"), damage);
                decoy.restart();

                assertThat(readTexts()).as(decoy.log()).isEqualTo(intact);
                String health = decoy.getManagement("/q/health").body();
                for (String file :
                        Stream.concat(TEXTS.stream(), Stream.of("primary.db")).toList()) {
                    List<Path> quarantined = quarantined(file);
                    assertThat(quarantined).as(file).hasSize(1);
                    String name = quarantined.get(0).getFileName().toString();
                    assertThat(health).contains(name);
                    assertThat(decoy.log()).contains("quarantined as " + dir.resolve(name));
                    Files.delete(quarantined.get(0));
                }
                assertThat(decoy.isHealthy()).isTrue();
            }
        }
    }

    private List<String> readTexts() throws IOException {
        List<String> contents = new ArrayList<>();
        for (String text : TEXTS) {
            contents.add(Files.readString(dir.resolve(text)));
        }
        return contents;
    }

    private List<Path> quarantined(String file) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(path -> path.getFileName().toString().startsWith(file + ".corrupt-"))
                    .toList();
        }
    }

    @Test
    void secondDecoy_afterTheLockFileWasDeleted_doesNotStart() throws IOException {
        try (DecoyWithLedger first = DecoyWithLedger.startIn(dir)) {
            first.assertListed("23.0.0.1");
            Files.delete(dir.resolve("ledger.db.lock"));
            StartupFailures.awaitOneLineError(
                    DecoyProcess.startWithoutWaiting(DecoyWithLedger.settings(dir)),
                    "decoy.ledger.dir",
                    "another decoy uses");
            first.assertListed("23.0.0.2");
            first.awaitUp();
        }
    }
}
