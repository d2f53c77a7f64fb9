package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A decoy with one protected domain behind a trusted proxy. Its ledger directory outlives the process. */
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

    /** Each client sends mail and must be deferred, whatever the state of the ledger. */
    void assertDeferred(String... clients) {
        for (String client : clients) {
            try {
                assertThat(ProxiedClient.mail(decoy.smtpPort(), client, RECIPIENT))
                        .startsWith("451 ");
            } catch (IOException e) {
                throw new AssertionError(client + " got no reply; the log: " + decoy.log(), e);
            }
        }
    }

    /** Each client sends mail, and must be deferred and promptly listed. */
    void assertListed(String... clients) {
        assertDeferred(clients);
        List.of(clients).forEach(decoy::awaitListed);
    }

    /** The feed must contain exactly these entries. */
    void assertOnlyListed(String... clients) {
        assertThat(decoy.feedEntries()).as(decoy.log()).containsExactlyInAnyOrder(clients);
    }

    /** Waits until the feed contains these entries, among others. */
    void awaitListed(String... clients) {
        await("the feed with " + List.of(clients)).atMost(LIMIT).untilAsserted(() -> assertThat(decoy.feedEntries())
                .contains(clients));
    }

    String health() {
        return decoy.getManagement("/q/health").body();
    }

    /** Whether health is down and its response contains a text. */
    boolean isDown(String text) {
        return !decoy.isHealthy() && health().contains(text);
    }

    /** Waits until health is down with a text in the response; the decoy must still be ready. */
    void awaitDown(String text) {
        await("health to report: " + text).atMost(LIMIT).untilAsserted(() -> assertThat(health())
                .contains(text));
        assertThat(decoy.isHealthy()).isFalse();
        assertReady();
    }

    /** The decoy must be ready and live: it still works, so an orchestrator must not restart it. */
    void assertReady() {
        assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(decoy.getManagement("/q/health/live").statusCode()).isEqualTo(200);
    }

    /** Waits until health is up. */
    void awaitUp() {
        await("health to be up again")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(decoy.isHealthy()).as(health()).isTrue());
    }

    /** The ledger file must contain exactly these senders. */
    void assertOnlyStored(String... clients) {
        assertThat(SqliteShell.caughtOrigins(file())).containsExactlyInAnyOrder(clients);
    }

    @Override
    public void close() {
        decoy.close();
    }
}
