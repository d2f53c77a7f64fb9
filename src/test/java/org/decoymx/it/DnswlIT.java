package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Senders on an allowlist of a real name server are never listed. While the server is down, no new one is listed. */
class DnswlIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path DIR = TestResources.createDirectory("dnswl");

    private static NsdServer dns;
    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        dns = new NsdServer().setZone("list.test", """
                        9.113.0.203 A 127.0.5.2
                        3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2 A 127.0.10.1
                        66.113.0.203 A 127.0.0.255
                        """).start();
        decoy = DecoyProcess.start(Stream.concat(
                        Stream.of(DecoyWithLedger.settings(DIR)),
                        Stream.of("decoy.exempt.dnswl-zones=list.test", "decoy.exempt.name-servers=" + dns.address()))
                .toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        decoy.close();
        dns.close();
        TestResources.delete(DIR);
    }

    private static void sendMail(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
    }

    @Test
    void senders_onAllowlist_areNotListed_andNoNewOnesWhileItIsDown() throws IOException {
        sendMail("203.0.113.9");
        sendMail("2001:db8:1:2::3");
        assertThat(decoy.awaitSender("203.0.113.9", 1)).contains("exempt: listed by list.test (127.0.5.2).");
        assertThat(decoy.awaitSender("2001:db8:1:2::3", 1)).contains("exempt: listed by list.test (127.0.10.1).");
        sendMail("203.0.113.10");
        decoy.awaitListed("203.0.113.10");
        assertThat(decoy.isHealthy()).isTrue();
        assertThat(decoy.metricValue("decoy_dnswl_questions_total")).isEqualTo(3);
        assertThat(decoy.metricValue("decoy_dnswl_failures_total")).isZero();

        sendMail("203.0.113.66");
        assertThat(decoy.awaitSender("203.0.113.66", 1)).contains("because an allowlist did not answer.");
        assertThat(decoy.getManagement("/q/health").body()).contains("list.test answers with 127.0.0.255");

        dns.stop();
        sendMail("203.0.113.11");
        assertThat(decoy.awaitSender("203.0.113.11", 1)).contains("because an allowlist did not answer.");
        assertThat(decoy.isHealthy()).isFalse();
        assertThat(decoy.getManagement("/q/health").body())
                .contains("allowlists answer")
                .contains("A of 11.113.0.203.list.test: no answer from " + dns.address());
        assertThat(decoy.metricValue("decoy_dnswl_failures_total")).isEqualTo(2);

        dns.start();
        await("203.0.113.11 to be listed after another session")
                .atMost(LIMIT)
                .pollInterval(Duration.ofSeconds(3))
                .until(() -> {
                    sendMail("203.0.113.11");
                    return decoy.feedEntries().contains("203.0.113.11");
                });
        assertThat(decoy.feedEntries()).containsExactlyInAnyOrder("203.0.113.10", "203.0.113.11");
        assertThat(decoy.isHealthy()).isTrue();
    }
}
