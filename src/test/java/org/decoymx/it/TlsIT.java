package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real openssl sees the configured certificate after STARTTLS. */
class TlsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path dir = TestResources.createDirectory("tls");
    private String openssl = "";

    @BeforeEach
    void findOpenssl() {
        openssl = RealProgram.require("openssl");
    }

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    @Test
    void namedTlsConfiguration_isUsed_andReloaded() throws IOException {
        createCertificate("first.example.test");
        try (DecoyProcess decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s",
                "decoy.smtp.tls=mx",
                "quarkus.tls.mx.key-store.pem.0.cert=" + dir.resolve("cert.pem"),
                "quarkus.tls.mx.key-store.pem.0.key=" + dir.resolve("key.pem"),
                "quarkus.tls.mx.reload-period=1s")) {
            assertThat(connectWithOpenssl(decoy)).contains("CN = first.example.test");

            createCertificate("second.example.test");

            await("the renewed certificate").atMost(LIMIT).untilAsserted(() -> assertThat(connectWithOpenssl(decoy))
                    .contains("CN = second.example.test"));
        }
    }

    @Test
    void selfSignedCertificate_isKeptAcrossARestart() {
        String ledgerDir = "decoy.ledger.dir=" + dir;
        String first;
        try (DecoyProcess decoy =
                DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.hostname=mx9.example.test", ledgerDir)) {
            first = connectWithOpenssl(decoy);
        }
        try (DecoyProcess decoy =
                DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.hostname=mx9.example.test", ledgerDir)) {
            assertThat(first).contains("CN = mx9.example.test");
            assertThat(certificate(connectWithOpenssl(decoy))).isEqualTo(certificate(first));
        }
    }

    private void createCertificate(String name) throws IOException {
        Path key = dir.resolve("new-key.pem");
        Path certificate = dir.resolve("new-cert.pem");
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                openssl,
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString());
        assertThat(run.code()).as(run.output()).isZero();
        Files.move(key, dir.resolve("key.pem"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(certificate, dir.resolve("cert.pem"), StandardCopyOption.REPLACE_EXISTING);
    }

    private String connectWithOpenssl(DecoyProcess decoy) {
        return CompletedProgram.run(
                        LIMIT, openssl, "s_client", "-starttls", "smtp", "-connect", "127.0.0.1:" + decoy.smtpPort())
                .output();
    }

    private static String certificate(String output) {
        return output.substring(output.indexOf("-----BEGIN"), output.indexOf("-----END"));
    }
}
