package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A real Postfix is the primary MX. Its policy service reports its clients to the decoy. */
class PrimaryVisitPolicyServiceIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "witness-token-0123";
    private static final String RECIPIENT = "user@example.org";

    @Test
    void clientOfThePrimary_isReportedAtOnce_andIsNotListed() throws IOException {
        Path dir = TestResources.createDirectory("policy");
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path token = makeWorldReadable(Files.writeString(dir.resolve("token"), TOKEN + "\n"));
        Path program =
                makeWorldReadable(Files.copy(Path.of("deploy/witness/postfix-policy"), dir.resolve("postfix-policy")));
        try (DecoyProcess decoy = DecoyProcess.start(
                        "decoy.domains=example.org",
                        "decoy.exempt.networks=!127.0.0.0/8",
                        "decoy.smtp.greeting-delay=0s",
                        "decoy.witness.token=" + TOKEN);
                Postfix primary = new Postfix(TestResources.reservePort())) {
            primary.usePolicyService(program.toString(), decoy.url(""), token.toString());
            connect(primary, "127.0.7.1");
            await("the visit report").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.metricValue("decoy_witnesses"))
                    .as(primary::log)
                    .isEqualTo(1));

            assertThat(SmtpClient.mail(decoy.smtpPort(), "127.0.7.1", RECIPIENT))
                    .startsWith("451 ");
            assertThat(SmtpClient.mail(decoy.smtpPort(), "127.0.8.1", RECIPIENT))
                    .startsWith("451 ");
            decoy.awaitListed("127.0.8.1");
            assertThat(decoy.awaitSender("127.0.7.1", 1))
                    .contains("\"listed\":false", "\"WITNESSED\"", "a primary MX had just put it off");
            assertThat(decoy.feedEntries()).containsExactly("127.0.8.1");
        } finally {
            TestResources.delete(dir);
        }
    }

    private static Path makeWorldReadable(Path file) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void connect(Postfix primary, String client) throws IOException {
        try (SmtpClient socket = new SmtpClient(primary.port(), client)) {
            assertThat(socket.readReply()).startsWith("220 ");
            assertThat(socket.sendCommand("QUIT")).startsWith("221 ");
        }
    }
}
