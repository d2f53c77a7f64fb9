package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A firewall keeps the listed from the primary, among them a good sender: its listing ends by itself. */
class FirewallIT {
    private static final String RECIPIENT = "user@example.org";
    private static final String ADDRESS = PostfixSenders.address(7);

    @AutoClose
    private static Lab lab;

    private static PostfixSenders senders;

    @BeforeAll
    static void start() throws IOException {
        lab = new Lab(new Lab.LabSettings(Duration.ofMinutes(10), 0, Lab.POLICY, List.of(), List.of()));
        senders = lab.startSenders();
        lab.awaitStart();
    }

    @Test
    void listing_isNotRenewedByRetries() throws IOException {
        lab.site().run("nft", "add table inet lab");
        lab.site().run("nft", "add chain inet lab in { type filter hook input priority 0; }");
        lab.site()
                .run(
                        "nft",
                        "add rule inet lab in ip saddr " + ADDRESS + " ip daddr " + Lab.PRIMARY
                                + " tcp dport 25 reject with tcp reset");
        PostfixSenders.QueuedMessage message = senders.send(7, "alice", RECIPIENT);
        assertThat(message.awaitResult()).contains("relay=mx9.example.org", "status=deferred", "451");
        lab.decoy().awaitTier(ADDRESS, "suspect");
        for (int i = 0; i < 5; i++) {
            lab.pass(Duration.ofHours(4).plusMinutes(30));
            assertThat(message.retry()).contains("relay=mx9.example.org", "status=deferred", "451");
        }
        lab.pass(Duration.ofHours(2));
        lab.decoy().awaitTier(ADDRESS, "none");
        lab.decoy().awaitNotInFeed(ADDRESS);
        lab.site().run("nft", "delete table inet lab");
        assertThat(message.retry()).contains("relay=mx1.example.org", "status=sent");
        senders.assertNothingBounced();
    }
}
