package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A spammer in the network of a good sender is caught. */
class NeighborIT {
    private static final String RECIPIENT = "user@example.org";
    private static final List<String> RECORDS_OF_IPV6 = List.of(
            "six.example.org. MX 10 mx6.example.org.",
            "six.example.org. MX 90 mx9six.example.org.",
            "mx6.example.org. AAAA " + Lab.PRIMARY6,
            "mx9six.example.org. AAAA " + Lab.DECOY6);
    private static final String NETWORK = "23.1.17.0/24";

    @AutoClose
    private static Lab lab;

    private static PostfixSenders senders;

    @BeforeAll
    static void start() throws IOException {
        lab = new Lab(new Lab.LabSettings(
                Duration.ofMinutes(2),
                0,
                Lab.POLICY,
                Lab.hasIpv6() ? RECORDS_OF_IPV6 : List.of(),
                List.of(
                        "decoy.domains=example.org" + (Lab.hasIpv6() ? ",six.example.org" : ""),
                        "decoy.policy.decoy-hosts=mx9six.example.org",
                        "decoy.policy.widen-at=3")));
        senders = lab.startSenders();
        lab.awaitStart();
    }

    @Test
    void neighborInAnIpv6Network_isNotListed() throws IOException {
        assumeTrue(Lab.hasIpv6(), "the machine has no IPv6");
        String caught = Lab.SENDERS6.get(2);
        String neighbor = Lab.SENDERS6.get(3);
        assertThat(lab.offer(caught, Lab.DECOY6, "a@spam.example.net", "user@six.example.org"))
                .startsWith("451 ");
        lab.decoy().awaitTier(caught, "suspect");
        assertThat(lab.decoy().tierOf(neighbor)).isEqualTo("none");
        assertThat(lab.offer(neighbor, Lab.PRIMARY6, "bob@good.example.net", "user@six.example.org"))
                .startsWith("250 ");
        lab.decoy().awaitInFeed(caught);
        assertThat(lab.decoy().feed("/feeds/plain")).doesNotContain("2a00:1:0:ff::/64");
    }

    @Test
    void innocentInAListedNetwork_releasesItByAVisitToThePrimary() throws IOException {
        for (String last : List.of("2", "3", "4")) {
            assertThat(lab.offer("23.1.17." + last, Lab.DECOY, "a@spam.example.net", RECIPIENT))
                    .startsWith("451 ");
        }
        lab.decoy().awaitInFeed(NETWORK);
        PostfixSenders.QueuedMessage message = senders.send(17, "alice", RECIPIENT);
        String result = message.awaitResult();
        lab.decoy().awaitNotInFeed(NETWORK);
        lab.pass(Duration.ofMinutes(10));
        if (!result.contains("status=sent")) {
            assertThat(message.retry()).contains("relay=mx1.example.org", "status=sent");
        }
        assertThat(lab.decoy().tierOf(PostfixSenders.address(17))).isNotIn("suspect", "confirmed");
    }
}
