package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever the administrator exempts, by configuration or in a file, leaves the list and stays away. */
class ExemptionFileIT {
    private static final String SENDER = "23.0.0.1";
    private static final String OTHER = "23.0.1.1";

    private final Path dir = TestResources.createDirectory("ledger");

    @AfterEach
    void clean() {
        TestResources.delete(dir);
    }

    private DecoyProcess start(String... settings) {
        return ExemptionCalls.startIn(dir, settings);
    }

    @Test
    void configuration_exempts_andTakesOutAgain_evenOfPrivateNetworks() throws IOException {
        try (DecoyProcess decoy = start("decoy.exempt.networks=23.0.0.0/16, !23.0.1.0/24,!10.1.0.0/16")) {
            ExemptionCalls.spares(decoy, SENDER, 1);
            ExemptionCalls.spares(decoy, "10.2.0.1", 1);
            ExemptionCalls.catches(decoy, OTHER, OTHER);
            ExemptionCalls.catches(decoy, "10.1.0.1", "10.1.0.1");
            assertThat(decoy.get("/senders/" + SENDER).body())
                    .contains("Its address is exempt: named in decoy.exempt.networks.");
        }
    }

    @Test
    void file_editedWhileItRuns_takesEffect() throws IOException {
        Path file = Files.writeString(dir.resolve("partners.txt"), "# none yet\n");
        try (DecoyProcess decoy = start("decoy.exempt.files=" + file)) {
            ExemptionCalls.catches(decoy, SENDER, SENDER);
            ExemptionCalls.catches(decoy, OTHER, OTHER);

            Files.writeString(file, "23.0.0.0/24 # theirs\n", StandardOpenOption.APPEND);
            comesToList(decoy, OTHER);
            assertThat(decoy.get("/senders/" + SENDER).body()).contains("named in " + file + " (theirs).");
            assertThat(decoy.log()).contains(file + ": read 1 networks");

            Files.writeString(dir.resolve("new"), "23.0.0.0/16\n!23.0.0.1\n");
            Files.move(dir.resolve("new"), file, StandardCopyOption.ATOMIC_MOVE);
            comesToList(decoy, SENDER);

            Files.writeString(file, "23.0.0.0/24\nmail.\u001bexample.org\n23.0.1.0/24\n");
            comesToList(decoy);
            String mistake = file + ":2: 'mail.\\u001bexample.org' is not a valid network (examples: 192.0.2.0/24";
            assertThat(decoy.log()).contains(mistake);
            assertThat(decoy.getManagement("/q/health").statusCode()).isEqualTo(503);
            assertThat(decoy.getManagement("/q/health").body()).contains("partners.txt:2: 'mail.");
            assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);

            Files.delete(file);
            Stopwatch.start().within(ExemptionCalls.SOON, () -> assertThat(
                            decoy.getManagement("/q/health").body())
                    .contains(file + " cannot be read: no such file; its last contents stay in effect"));
            assertThat(decoy.feedEntries()).isEmpty();

            Files.writeString(file, "");
            comesToList(decoy, SENDER, OTHER);
            assertThat(decoy.getManagement("/q/health").statusCode()).isEqualTo(200);
        }
    }

    private static void comesToList(DecoyProcess decoy, String... listed) {
        Stopwatch.start().within(ExemptionCalls.SOON, () -> assertThat(decoy.feedEntries())
                .containsExactlyInAnyOrder(listed));
    }

    /** In trial mode private addresses are listed, but for those that somebody names. */
    @Test
    void trial_exemptsOnlyWhoIsNamed() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s",
                "decoy.admin.token=" + ExemptionCalls.TOKEN,
                "decoy.exempt.networks=127.0.0.52")) {
            SmtpClient.mail(decoy.smtpPort(), "127.0.0.52", "user@example.org");
            SmtpClient.mail(decoy.smtpPort(), "127.0.0.53", "user@example.org");
            decoy.awaitListed("127.0.0.53");
            assertThat(decoy.awaitSender("127.0.0.52", 1)).contains("named in decoy.exempt.networks");
            ExemptionCalls.answers(ExemptionCalls.curl(decoy, "PUT", "/exemptions/127.0.0.53"), 201);
            ExemptionCalls.promptlyDrops(decoy, "127.0.0.53");
        }
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/33, may be 0 to 32", "!nix, write it like"})
    void badNetwork_stopsTheStart_andSaysWhatIsAllowed(String value, String allowed) {
        StartupFailures.awaitOneLineError(
                DecoyProcess.startWithoutWaiting("decoy.exempt.networks=192.0.2.0/24," + value),
                "decoy.exempt.networks: '",
                allowed);
    }
}
