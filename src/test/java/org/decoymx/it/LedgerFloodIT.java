package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that fills the ledger pushes out its own senders only; a maximum that the heap lowers is shown. */
class LedgerFloodIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MAX_SENDERS = 1_000;
    private static final int FLOOD = 2_000;
    private static final Pattern SENDERS = Pattern.compile("\"senders\": (\\d+)");

    @TempDir
    private Path dir;

    private static void connect(DecoyProcess decoy, String client) throws IOException {
        try (SmtpClient socket = ProxiedClient.connect(decoy.smtpPort(), client)) {
            assertThat(socket.readReply()).startsWith("220 ");
        }
    }

    private static List<String> addresses(int network) {
        return Stream.iterate(1, i -> i + 1)
                .limit(20)
                .map(i -> network + "." + i + ".0.1")
                .toList();
    }

    private static long countSenders(String health) {
        return SENDERS.matcher(health)
                .results()
                .map(MatchResult::group)
                .mapToLong(found -> Long.parseLong(found.replaceAll("\\D", "")))
                .sum();
    }

    @Test
    void network_thatFillsTheLedger_losesItsOwnSenders() throws IOException {
        List<String> settings = new ArrayList<>(List.of(DecoyWithLedger.settings(dir)));
        settings.add("decoy.ledger.max-senders=" + MAX_SENDERS);
        try (DecoyProcess decoy = DecoyProcess.start(settings.toArray(String[]::new))) {
            for (String caught : addresses(11)) {
                assertThat(ProxiedClient.mail(decoy.smtpPort(), caught, DecoyWithLedger.RECIPIENT))
                        .startsWith("451 ");
            }
            for (String seen : addresses(12)) {
                connect(decoy, seen);
            }
            decoy.awaitSender("12.20.0.1", 1);
            for (int i = 0; i < FLOOD; i++) {
                connect(decoy, "2001:db8:7:" + Integer.toHexString(i) + "::1");
            }
            await("the flood to be counted, and the ledger to have room")
                    .atMost(LIMIT)
                    .untilAsserted(() -> {
                        String health = decoy.getManagement("/q/health").body();
                        assertThat(health).contains("\"sightings counted for their network only\": 976");
                        assertThat(countSenders(health)).isLessThanOrEqualTo(MAX_SENDERS);
                    });
            assertThat(decoy.feedEntries()).containsExactlyInAnyOrderElementsOf(addresses(11));
            for (String seen : addresses(12)) {
                decoy.awaitSender(seen, 1);
            }
        }
    }

    @Test
    void smallHeap_isShownInLogAndHealth() {
        try (DecoyProcess decoy = DecoyProcess.start("-Xmx64m")) {
            String warning = "the heap has room for 10000 senders only, not for 1000000";
            assertThat(decoy.getManagement("/q/health").body()).contains(warning);
            assertThat(decoy.log()).contains(warning);
            assertThat(decoy.isHealthy()).isTrue();
        }
    }
}
