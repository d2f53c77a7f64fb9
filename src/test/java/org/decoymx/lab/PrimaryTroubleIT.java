package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The primary has trouble, and so the mail of good senders comes to the decoy: they are not listed. */
class PrimaryTroubleIT {
    private static final Path DIR = TestResources.createDirectory("trouble");
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String RECIPIENT = "user@example.org";
    private static final int TLS_SENDER = 12;

    @AutoClose
    private static Lab lab;

    private static PostfixSenders senders;

    @BeforeAll
    static void start() throws IOException {
        String tls = "smtpd_tls_security_level = may\nsmtpd_tls_chain_files = " + createCertificate() + "\n";
        lab = new Lab(new Lab.LabSettings(Duration.ofMinutes(2), 0, Lab.POLICY + tls, List.of(), List.of()));
        senders = lab.startSenders(TLS_SENDER);
        lab.awaitStart();
    }

    private static Path createCertificate() throws IOException {
        Path file = DIR.resolve("certificate.pem");
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                RealProgram.require("openssl"),
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=mx1.example.org",
                "-keyout",
                file.toString(),
                "-out",
                DIR.resolve("cert").toString());
        assertThat(run.code()).as(run.output()).isZero();
        Files.writeString(file, Files.readString(DIR.resolve("cert")), StandardOpenOption.APPEND);
        return file;
    }

    @AfterAll
    static void stop() {
        TestResources.delete(DIR);
    }

    /** The grace time of one outage shall not hide what happens in the next one. */
    @AfterEach
    void recover() throws IOException {
        lab.awaitScoring();
        senders.assertNothingBounced();
    }

    /** Sends while the primary has trouble, and again when it is over; the sender is never listed. */
    private static void assertDelivered(int number, Runnable repair) throws IOException {
        assertDelivered(lab, senders, number, repair);
    }

    private static void assertDelivered(Lab lab, PostfixSenders senders, int number, Runnable repair)
            throws IOException {
        String address = PostfixSenders.address(number);
        PostfixSenders.QueuedMessage message = senders.send(number, "alice", RECIPIENT);
        assertThat(message.awaitResult()).contains("relay=mx9.example.org", "status=deferred", "451");
        lab.decoy().awaitSessions(address, 1);
        lab.awaitDown();
        repair.run();
        lab.awaitUp();
        lab.pass(Duration.ofMinutes(6));
        assertNotListed(lab, address);
        assertThat(message.retry()).contains("relay=mx1.example.org", "status=sent");
        lab.pass(Duration.ofMinutes(2));
        assertNotListed(lab, address);
    }

    private static void assertNotListed(Lab lab, String address) {
        assertThat(lab.decoy().get("/senders/" + address))
                .as(() -> lab.decoy().describe(address))
                .contains("\"listed\":false");
        assertThat(lab.decoy().tierOf(address)).isNotIn("suspect", "confirmed");
    }

    @Test
    void milterDown_451AtMail() throws IOException {
        playMilterDown(lab, senders);
    }

    static void playMilterDown(Lab lab, PostfixSenders senders) throws IOException {
        lab.changePrimary(RECIPIENT, "451 4.7.1 ", "smtpd_milters=inet:127.0.0.1:9");
        assertDelivered(lab, senders, 1, () -> lab.changePrimary(RECIPIENT, "250 ", "smtpd_milters="));
    }

    @Test
    void diskFull_452AtMail() throws IOException {
        lab.changePrimary(RECIPIENT, "452 4.3.1 ", "queue_minfree=1000000000000000");
        assertDelivered(2, () -> lab.changePrimary(RECIPIENT, "250 ", "queue_minfree=0"));
    }

    @Test
    void restart_between_twoProbes() throws IOException {
        lab.primary().stop();
        assertDelivered(3, () -> lab.primary().start());
    }

    @Test
    void tlsBroken_ofASenderThatInsistsOnIt() throws IOException {
        lab.primary().setParameters("smtpd_tls_security_level=none");
        assertDelivered(TLS_SENDER, () -> lab.primary().setParameters("smtpd_tls_security_level=may"));
    }

    private static String greeting(String from) throws IOException {
        try (LabClient client = new LabClient(lab.world(), from, Lab.PRIMARY)) {
            return client.readReply();
        }
    }

    @Test
    void overload_421AtConnect() throws IOException {
        lab.primary().setParameters("smtpd_client_connection_count_limit=1", "smtpd_banner=busy");
        await("the new parameters").atMost(LIMIT).until(() -> greeting("23.2.13.1")
                .equals("220 busy"));
        List<LabClient> connections = new ArrayList<>();
        try {
            connections.add(new LabClient(lab.site(), Lab.PRIMARY, Lab.PRIMARY));
            connections.add(new LabClient(lab.world(), PostfixSenders.address(13), Lab.PRIMARY));
            for (LabClient connection : connections) {
                assertThat(connection.readReply()).startsWith("220 ");
            }
            assertThat(greeting(PostfixSenders.address(13))).startsWith("421 ");
            assertDelivered(13, () -> {
                connections.forEach(LabClient::close);
                lab.changePrimary(RECIPIENT, "250 ", "smtpd_client_connection_count_limit=50");
            });
        } finally {
            connections.forEach(LabClient::close);
        }
    }
}
