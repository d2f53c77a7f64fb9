package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A good sender is caught by one decoy, and the listing is imported by another one, whose primary MX, a real Postfix,
 * asks the policy service. The sender tries again there, and so it is delisted on both. The times are scaled: a retry
 * counts after 2 seconds, not 5 minutes; after a deferral by the primary 3 seconds, not an hour.
 */
class ImportedListingIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final String GOOD = "127.0.71.1";
    private static final String TOKEN = "test-token-0123456789";

    @TempDir
    private static Path dir;

    private static Path keyFile;

    /** Checks for the programs before anything is started. */
    @BeforeAll
    static void writeKey() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        keyFile = Files.writeString(dir.resolve("key"), "00112233445566778899aabbccddeeff\n");
    }

    private static DecoyProcess startDecoy(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "decoy.domains=example.org",
                "decoy.admin.token=" + TOKEN,
                "decoy.exempt.networks=!127.0.0.0/8",
                "decoy.smtp.greeting-delay=0s",
                "decoy.policy.retry-after=2s",
                "decoy.policy.primary-retry-after=3s"));
        settings.addAll(List.of(more));
        return DecoyProcess.start(settings.toArray(String[]::new));
    }

    private static String curl(DecoyProcess decoy, String... options) {
        List<String> command = new ArrayList<>(
                List.of(RealProgram.require("curl"), "-sS", "-m", "60", "-u", "admin:" + TOKEN, decoy.url("/ledger")));
        command.addAll(List.of(options));
        return CompletedProgram.run(LIMIT, command.toArray(String[]::new)).output();
    }

    /** Exports the lines of the sender. */
    private static Path export(DecoyProcess decoy, String name) throws IOException {
        List<String> lines =
                curl(decoy).lines().filter(line -> line.contains(GOOD)).toList();
        assertThat(lines).isNotEmpty();
        return Files.write(dir.resolve(name), lines);
    }

    private static void importFile(DecoyProcess decoy, Path file) {
        assertThat(curl(decoy, "-X", "POST", "-T", file.toString())).contains("\"bad\":0,\"done\":true");
    }

    private static void assertCleared(DecoyProcess decoy) {
        await("the delisting").atMost(LIMIT).untilAsserted(() -> {
            assertThat(decoy.get("/senders/" + GOOD).body()).contains("\"tier\":\"cleared\"", "\"listed\":false");
            assertThat(decoy.feedEntries()).isEmpty();
        });
    }

    /**
     * Returns the replies of the primary, of which the last accepts the recipient.
     *
     * @param key settings with which both know the envelopes, or none
     */
    private static List<String> replyAtTheOtherSite(String... key) throws IOException {
        try (DecoyProcess source = startDecoy(key);
                DecoyProcess target = startDecoy(key);
                Postfix primary = PostfixWithDecoy.startWithPolicyService(target)) {
            assertThat(SmtpClient.mail(source.smtpPort(), GOOD, "user@example.org"))
                    .startsWith("451 ");
            source.awaitListed(GOOD);
            Path listed = export(source, "listed");
            importFile(target, listed);
            target.awaitListed(GOOD);

            List<String> replies = new ArrayList<>();
            await("the retry to be accepted").atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> {
                replies.add(TrialDecoy.replyTo(primary.port(), GOOD));
                assertThat(replies.get(replies.size() - 1)).as(primary::log).startsWith("250 ");
            });
            assertCleared(target);
            importFile(target, listed);
            assertCleared(target);

            importFile(source, export(target, "cleared"));
            assertCleared(source);
            importFile(target, export(source, "listed"));
            assertCleared(target);
            assertThat(SmtpClient.mail(source.smtpPort(), GOOD, "another@example.org"))
                    .startsWith("451 ");
            source.awaitSender(GOOD, 2);
            assertCleared(source);
            return replies;
        }
    }

    @Test
    void retryAtTheOtherSite_withTheSameKey_delistsOnBoth() throws IOException {
        assertThat(replyAtTheOtherSite("decoy.policy.envelope-key-file=" + keyFile))
                .allMatch(reply -> reply.startsWith("450 4.7.1 ") || reply.startsWith("250 "));
    }

    /** The other decoy does not know the envelope, so its primary defers the message once more. */
    @Test
    void retryAtTheOtherSite_withAnotherKey_isDeferred_thenDelistsOnBoth() throws IOException {
        List<String> replies = replyAtTheOtherSite();
        assertThat(replies).hasSizeGreaterThan(1);
        assertThat(replies.subList(0, replies.size() - 1)).allMatch(reply -> reply.startsWith("450 4.7.1 "));
    }
}
