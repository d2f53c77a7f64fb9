package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Sender;
import org.decoymx.support.EventLog;
import org.junit.jupiter.api.Test;

/** One line for each listing and each release, with the cause. */
class ListingEventsTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final long END = T.getEpochSecond() + 3_600;

    private final List<String> lines = new ArrayList<>();
    private final EventLog log = new EventLog(Clock.fixed(T, ZoneOffset.UTC), lines::add);
    private final ExemptNetworks exempt = new ExemptNetworks();
    private Policy policy = BlocklistPublishers.policy(PolicyMode.ENFORCE, 0, exempt);
    private BlocklistPublisher publisher = new BlocklistPublisher(policy, T, false);

    private static IpPrefix origin(String address) {
        return IpText.parseHostNetwork(address).orElseThrow();
    }

    private static Sender listed(String address) {
        return BlocklistPublishers.sender(origin(address), T.getEpochSecond(), END);
    }

    private void use(PolicyMode mode, int widenAt) {
        policy = BlocklistPublishers.policy(mode, widenAt, exempt);
        publisher = new BlocklistPublisher(policy, T, false);
    }

    private List<String> publish(long second, Sender... senders) {
        Instant at = T.plusSeconds(second);
        Blocklist before = publisher.evaluatedBlocklist();
        publisher.evaluate(List.of(senders), at);
        publisher.publish(at);
        new ListingEvents(policy, log).record(before, publisher.evaluatedBlocklist(), at);
        lines.clear();
        log.print();
        return lines;
    }

    @Test
    void listing_andExpiry() {
        assertThat(publish(1, listed("192.0.2.1")))
                .containsExactly("sender 192.0.2.1: listed, suspect until 2026-01-01T01:00:00Z: 10.0 points");
        assertThat(publish(2)).isEmpty();
        assertThat(publish(3_600)).containsExactly("sender 192.0.2.1: released: expired");
    }

    @Test
    void exemption_isTheCauseOfARelease() {
        publish(1, listed("192.0.2.1"));
        exempt.replaceSource("test", List.of(Exemption.of(origin("192.0.2.1"), "a test")));
        assertThat(publish(2, listed("192.0.2.1"))).containsExactly("sender 192.0.2.1: released: exempt");
    }

    @Test
    void delistedSender_isWithdrawn() {
        publish(1, listed("192.0.2.1"));
        Sender delisted = BlocklistPublishers.sender(origin("192.0.2.1"), 0, 0);
        assertThat(publish(2, delisted)).containsExactly("sender 192.0.2.1: released: withdrawn");
    }

    @Test
    void widening_releasesTheAddresses_andListsTheNetwork() {
        use(PolicyMode.ENFORCE, 2);
        publish(1, listed("192.0.2.1"));
        assertThat(publish(2, listed("192.0.2.2")))
                .containsExactly(
                        "network 192.0.2.0/24: listed, suspect until 2026-01-01T01:00:00Z: 2 or more of its addresses"
                                + " are listed",
                        "sender 192.0.2.1: released: listed with its network 192.0.2.0/24");
    }

    @Test
    void observeMode_saysWould() {
        use(PolicyMode.OBSERVE, 0);
        assertThat(publish(1, listed("192.0.2.1")))
                .singleElement()
                .asString()
                .startsWith("sender 192.0.2.1: would be listed, suspect until ");
    }

    @Test
    void changesBeyondTheChangeLog_areOneLine() {
        Sender[] many = IntStream.range(0, ChangeLog.MAX_CHANGES + 1)
                .mapToObj(i -> listed("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)))
                .toArray(Sender[]::new);
        assertThat(publish(1, many))
                .containsExactly("blocklist: 100001 entries after 0, too many changes to name them");
    }
}
