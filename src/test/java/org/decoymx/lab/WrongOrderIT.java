package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The MX records name the decoy as the best host: good senders come first to it, and nothing counts. */
class WrongOrderIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @AutoClose
    private static Lab lab;

    private static PostfixSenders senders;

    @BeforeAll
    static void start() throws IOException {
        lab = new Lab(new Lab.LabSettings(Duration.ofMinutes(2), 0, Lab.POLICY, List.of(), List.of()));
        senders = lab.startSenders();
        lab.awaitStart();
        for (LabDns dns : List.of(lab.worldDns(), lab.siteDns())) {
            dns.replace("example.org.", "MX 10 mx9.example.org.", "MX 90 mx1.example.org.");
        }
        lab.advance(Duration.ofMinutes(2));
    }

    @Test
    void goodSender_isNotListed_andHealthNamesTheHost() throws IOException {
        PostfixSenders.QueuedMessage message = senders.send(11, "alice", "user@example.org");
        assertThat(message.awaitResult()).contains("relay=mx1.example.org", "status=sent");
        lab.offer("23.2.11.1", Lab.DECOY, "bob@good.example.net", "user@example.org");
        lab.decoy().awaitSessions("23.2.11.1", 1);
        lab.advance(Duration.ofMinutes(5));
        assertThat(lab.decoy().tierOf("23.2.11.1")).isEqualTo("none");
        assertThat(lab.decoy().tierOf(PostfixSenders.address(11))).isEqualTo("none");
        await("health").atMost(LIMIT).untilAsserted(() -> assertThat(lab.decoy().health())
                .contains("mx9.example.org", "\"status\": \"DOWN\""));
    }
}
