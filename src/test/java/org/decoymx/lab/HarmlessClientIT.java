package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What good hosts are made to send to the decoy, without a message for a protected recipient, counts nothing. */
class HarmlessClientIT {
    private static final String RECIPIENT = "user@example.org";

    @AutoClose
    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = new Lab(new Lab.LabSettings(
                Duration.ofMinutes(2), 0, Lab.POLICY, List.of(), List.of("decoy.domains=.example.org")));
        lab.awaitStart();
    }

    /** Sends something three times, and reads until the decoy closes the connection or has nothing to say. */
    private static void assertCountsNothing(String address, String octets) throws IOException {
        for (int i = 0; i < 3; i++) {
            try (LabClient client = new LabClient(lab.world(), address, Lab.DECOY)) {
                client.send(octets);
                client.readToEnd();
            }
        }
        String report = lab.decoy().awaitSessions(address, 3);
        lab.pass(Duration.ofMinutes(5));
        assertThat(report).contains("\"listed\":false", "\"points\":0.0");
        assertThat(lab.decoy().get("/senders/" + address)).contains("\"listed\":false", "\"tier\":\"none\"");
    }

    @Test
    void httpRequest() throws IOException {
        assertCountsNothing("23.2.8.1", "GET / HTTP/1.1\r\nHost: mx9.example.org\r\n\r\n");
    }

    @Test
    void tlsClientHello() throws IOException {
        assertCountsNothing("23.2.8.2", "\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0003\r\n");
    }

    @Test
    void callbackVerification_inOneWrite() throws IOException {
        assertCountsNothing(
                "23.2.9.1",
                "EHLO verifier.example.net\r\nMAIL FROM:<>\r\nRCPT TO:<" + RECIPIENT + ">\r\nRSET\r\nQUIT\r\n");
    }

    @Test
    void mailForTheNameOfTheDecoy() throws IOException {
        lab.offer("23.2.10.1", Lab.DECOY, "signup@good.example.net", "x@mx9.example.org");
        String report = lab.decoy().awaitSessions("23.2.10.1", 1);
        lab.pass(Duration.ofMinutes(5));
        assertThat(report).contains("\"listed\":false", "\"points\":0.0");
        assertThat(lab.decoy().tierOf("23.2.10.1")).isEqualTo("none");
    }

    @Test
    void privateLiteral_inHelo() throws IOException {
        assertCountsNothing("23.2.18.1", "EHLO [127.0.0.1]\r\nQUIT\r\n");
        assertCountsNothing(
                "23.2.18.2",
                "EHLO [192.168.1.5]\r\nMAIL FROM:<a@good.example.net>\r\nRCPT TO:<" + RECIPIENT
                        + ">\r\nRSET\r\nQUIT\r\n");
    }

    @Test
    void primary_thatMailsTheDecoy() throws IOException {
        assertThat(LabClient.offer(lab.site(), Lab.PRIMARY, Lab.DECOY, "user@example.org", RECIPIENT))
                .startsWith("451 ");
        lab.decoy().awaitSessions(Lab.PRIMARY, 1);
        lab.pass(Duration.ofMinutes(5));
        assertThat(lab.decoy().get("/senders/" + Lab.PRIMARY)).contains("\"listed\":false", "\"exempt\"");
    }
}
