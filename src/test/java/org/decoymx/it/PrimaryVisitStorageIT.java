package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Visits that cannot be written stay in memory, and are written once the file is writable. */
class PrimaryVisitStorageIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "witness-token-0123";

    private final Path dir = TestResources.createDirectory("witness");
    private TestMount disk;
    private DecoyProcess decoy;

    @BeforeEach
    void start() throws IOException {
        disk = TestMount.bind(dir);
        decoy = DecoyProcess.start(Stream.concat(
                        Stream.of(DecoyWithLedger.settings(disk.dir())), Stream.of("decoy.witness.token=" + TOKEN))
                .toArray(String[]::new));
        post("23.1.0.1");
        await("the visit to be on disk").atMost(LIMIT).until(() -> Files.exists(file()) && Files.size(file()) > 0);
    }

    @AfterEach
    void stop() {
        decoy.close();
        disk.close();
        TestResources.delete(dir);
    }

    private Path file() {
        return dir.resolve("primary.db");
    }

    private void post(String address) {
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                RealProgram.require("curl"),
                "-sS",
                "-H",
                "Authorization: Bearer " + TOKEN,
                "-d",
                address,
                decoy.url("/witnesses"));
        assertThat(run.output()).contains("\"taken\":1,");
    }

    private void sendMail(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
    }

    private void assertNotListed(String client) {
        assertThat(decoy.awaitSender(client, 1)).contains("\"listed\":false");
    }

    private String health() {
        return decoy.getManagement("/q/health").body();
    }

    private void awaitStored(String... addresses) {
        await("the pending visits to be written").atMost(LIMIT).untilAsserted(() -> assertThat(
                        SqliteShell.run(file(), "SELECT origin FROM witness ORDER BY origin")
                                .lines())
                .containsExactly(addresses));
        await("health to be up")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(decoy.isHealthy()).as(health()).isTrue());
    }

    @Test
    void readOnlyFile_isRead_andNewVisitsAreWrittenLater() throws IOException {
        decoy.stop();
        disk.makeReadOnly();
        decoy.restart();
        assertThat(decoy.metricValue("decoy_witnesses")).isEqualTo(1);
        post("23.2.0.1");
        sendMail("23.2.0.1");
        await("health to report the read-only file").atMost(LIMIT).until(() -> health().contains(
                        "primary.db cannot be written; make the file"));
        disk.makeWritable();
        awaitStored("23.1.0.1", "23.2.0.1");
        assertNotListed("23.2.0.1");
        assertThat(decoy.log()).contains("primary.db is written again");
    }

    @Test
    void damagedFile_isQuarantined_andReplaced() throws IOException {
        decoy.stop();
        FileDamage.GARBAGE.applyTo(file());
        decoy.restart();
        assertThat(health()).contains("primary.db.corrupt-").contains("quarantined");
        post("23.2.0.1");
        sendMail("23.2.0.1");
        assertNotListed("23.2.0.1");
        try (Stream<Path> files = Files.list(dir)) {
            for (Path quarantined :
                    files.filter(file -> file.toString().contains(".corrupt-")).toList()) {
                Files.delete(quarantined);
            }
        }
        awaitStored("23.2.0.1");
    }
}
