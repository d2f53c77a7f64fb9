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
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that the administrator exempts, by configuration or in a file, are delisted and not listed again. */
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
    void configuredNetworks_areExempt_unlessNegated_evenPrivateOnes() throws IOException {
        try (DecoyProcess decoy = start("decoy.exempt.networks=23.0.0.0/16, !23.0.1.0/24,!10.1.0.0/16")) {
            ExemptionCalls.assertNotListed(decoy, SENDER, 1);
            ExemptionCalls.assertNotListed(decoy, "10.2.0.1", 1);
            ExemptionCalls.assertListed(decoy, OTHER, OTHER);
            ExemptionCalls.assertListed(decoy, "10.1.0.1", "10.1.0.1");
            assertThat(decoy.get("/senders/" + SENDER).body())
                    .contains("Its address is exempt: named in decoy.exempt.networks.");
        }
    }

    @Test
    void file_editedAtRunTime_takesEffect() throws IOException {
        Path file = Files.writeString(dir.resolve("partners.txt"), "# none yet\n");
        try (DecoyProcess decoy = start("decoy.exempt.files=" + file)) {
            ExemptionCalls.assertListed(decoy, SENDER, SENDER);
            ExemptionCalls.assertListed(decoy, OTHER, OTHER);

            Files.writeString(file, "23.0.0.0/24 # theirs\n", StandardOpenOption.APPEND);
            awaitExactlyListed(decoy, OTHER);
            assertThat(decoy.get("/senders/" + SENDER).body()).contains("named in " + file + " (theirs).");
            assertThat(decoy.log()).contains(file + ": read 1 networks");

            Files.writeString(dir.resolve("new"), "23.0.0.0/16\n!23.0.0.1\n");
            Files.move(dir.resolve("new"), file, StandardCopyOption.ATOMIC_MOVE);
            awaitExactlyListed(decoy, SENDER);

            Files.writeString(file, "23.0.0.0/24\nmail.\u001bexample.org\n23.0.1.0/24\n");
            awaitExactlyListed(decoy);
            String error = file + ":2: 'mail.\\u001bexample.org' is not a valid network (examples: 192.0.2.0/24";
            assertThat(decoy.log()).contains(error);
            assertThat(decoy.isHealthy()).isFalse();
            assertThat(decoy.getManagement("/q/health").body()).contains("partners.txt:2: 'mail.");
            assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);

            Files.delete(file);
            Stopwatch.start().within(ExemptionCalls.FILE_CHECK_LIMIT, () -> assertThat(
                            decoy.getManagement("/q/health").body())
                    .contains(file + " cannot be read: no such file; its last contents stay in effect"));
            assertThat(decoy.feedEntries()).isEmpty();

            Files.writeString(file, "");
            awaitExactlyListed(decoy, SENDER, OTHER);
            assertThat(decoy.isHealthy()).isTrue();
        }
    }

    private static void awaitExactlyListed(DecoyProcess decoy, String... listed) {
        Stopwatch.start().within(ExemptionCalls.FILE_CHECK_LIMIT, () -> assertThat(decoy.feedEntries())
                .containsExactlyInAnyOrder(listed));
    }

    /** In trial mode private addresses are listed, except those that the administrator exempts. */
    @Test
    void trialMode_exemptsOnlyNamedAddresses() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s",
                "decoy.admin.token=" + ExemptionCalls.TOKEN,
                "decoy.exempt.networks=127.0.0.52")) {
            SmtpClient.mail(decoy.smtpPort(), "127.0.0.52", "user@example.org");
            SmtpClient.mail(decoy.smtpPort(), "127.0.0.53", "user@example.org");
            decoy.awaitListed("127.0.0.53");
            assertThat(decoy.awaitSender("127.0.0.52", 1)).contains("named in decoy.exempt.networks");
            ExemptionCalls.assertResponse(ExemptionCalls.curl(decoy, "PUT", "/exemptions/127.0.0.53"), 201);
            ExemptionCalls.awaitDelisted(decoy, "127.0.0.53");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "!nix"})
    void invalidNetwork_stopsTheStart_andNamesAllowedFormat(String value) {
        StartupFailures.awaitOneLineError(
                DecoyProcess.startWithoutWaiting("decoy.exempt.networks=192.0.2.0/24," + value),
                "decoy.exempt.networks: '" + value + "' is not an IP address or a network (examples: ");
    }
}
