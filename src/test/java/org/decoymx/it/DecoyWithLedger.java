package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A decoy with one protected domain behind a proxy that it trusts; its ledger is in a directory that outlives it. */
final class DecoyWithLedger implements AutoCloseable {
    static final String RECIPIENT = "frances.holloway@example.org";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final DecoyProcess decoy;
    private final Path dir;

    private DecoyWithLedger(DecoyProcess decoy, Path dir) {
        this.decoy = decoy;
        this.dir = dir;
    }

    static DecoyWithLedger startIn(Path dir) {
        return new DecoyWithLedger(DecoyProcess.start(settings(dir)), dir);
    }

    static String[] settings(Path dir) {
        return new String[] {
            "decoy.ledger.dir=" + dir,
            "decoy.domains=example.org",
            "decoy.smtp.greeting-delay=0s",
            "decoy.smtp.max-connections-per-client=1000",
            "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY
        };
    }

    DecoyProcess decoy() {
        return decoy;
    }

    Path file() {
        return dir.resolve("ledger.db");
    }

    /** Each client mails, and is deferred, whatever state the ledger is in. */
    void assertDeferred(String... clients) {
        for (String client : clients) {
            try {
                assertThat(ProxiedClient.mail(decoy.smtpPort(), client, RECIPIENT))
                        .startsWith("451 ");
            } catch (IOException e) {
                throw new AssertionError(client + " is not answered; the log: " + decoy.log(), e);
            }
        }
    }

    /** Each client mails, is deferred, and is promptly listed. */
    void assertListed(String... clients) {
        assertDeferred(clients);
        List.of(clients).forEach(decoy::awaitListed);
    }

    /** The feed has these and nobody else. */
    void assertOnlyListed(String... clients) {
        assertThat(decoy.feedEntries()).as(decoy.log()).containsExactlyInAnyOrder(clients);
    }

    /** In time the feed has these, among others. */
    void awaitListed(String... clients) {
        await("the feed with " + List.of(clients)).atMost(LIMIT).untilAsserted(() -> assertThat(decoy.feedEntries())
                .contains(clients));
    }

    HttpResponse<String> health() {
        return decoy.getManagement("/q/health");
    }

    /** Whether health is down, and says some words; a decoy that cannot write is ready all the same. */
    boolean isDown(String words) {
        HttpResponse<String> health = health();
        return health.statusCode() == 503 && health.body().contains(words);
    }

    /** In time health is down and says why, and yet the decoy is ready. */
    void awaitDown(String words) {
        await("health to say: " + words).atMost(LIMIT).untilAsserted(() -> assertThat(health().body())
                .contains("DOWN")
                .contains(words));
        assertThat(health().statusCode()).isEqualTo(503);
        assertReady();
    }

    /** It goes on with its work, so nobody should restart it. */
    void assertReady() {
        assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(decoy.getManagement("/q/health/live").statusCode()).isEqualTo(200);
    }

    /** In time health is up again. */
    void awaitUp() {
        await("health to be up again").atMost(LIMIT).untilAsserted(() -> assertThat(health().statusCode())
                .as(health().body())
                .isEqualTo(200));
    }

    /** On the disk there are these, and nobody else. */
    void assertOnlyStored(String... clients) {
        assertThat(SqliteShell.caughtOrigins(file())).containsExactlyInAnyOrder(clients);
    }

    @Override
    public void close() {
        decoy.close();
    }
}
