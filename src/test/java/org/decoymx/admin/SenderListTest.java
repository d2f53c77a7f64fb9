package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Sender;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The pages of listed senders. */
class SenderListTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final long AT = NOW.getEpochSecond();

    private final BlocklistPublisher publisher =
            BlocklistPublishers.of(PolicyMode.ENFORCE, 3, new ExemptNetworks(), NOW);

    private void publish(List<Sender> senders) {
        BlocklistPublishers.evaluate(publisher, senders, NOW);
        BlocklistPublishers.publish(publisher, NOW.plusSeconds(2));
    }

    private static Sender listed(String address, long since) {
        IpPrefix origin = IpText.parseHostNetwork(address).orElseThrow();
        return BlocklistPublishers.sender(origin, AT + since, AT + 3_600);
    }

    private SenderList.SenderPage find(@Nullable String page, @Nullable String size) {
        SenderList list = new SenderList(
                origin -> Optional.of(BlocklistPublishers.sender(origin, AT, AT + 3_600)), new ManualDecisions());
        return list.find(publisher.evaluatedBlocklist(), SenderQuery.parse(null, null, null, page, size));
    }

    @Test
    void pages_areNewestFirst() {
        publish(List.of(
                listed("192.0.2.1", -30),
                listed("192.0.2.2", -10),
                listed("2001:db8::1", -20),
                listed("10.1.1.1", -5)));
        assertThat(find(null, null).senders())
                .extracting(SenderList.ListedSender::address)
                .containsExactly("10.1.1.1", "192.0.2.2", "2001:db8::1", "192.0.2.1");
        assertThat(find("2", "3").senders())
                .extracting(SenderList.ListedSender::address)
                .containsExactly("192.0.2.1");
        assertThat(find("3", "3").senders()).isEmpty();
        assertThat(find("3", "3").total()).isEqualTo(4);
        assertThat(find(null, "1").senders())
                .containsExactly(new SenderList.ListedSender(
                        "10.1.1.1",
                        "suspect",
                        NOW.minusSeconds(5),
                        NOW.plusSeconds(3_600),
                        "It came to the decoy MX and completed a conversation for a protected recipient, once.",
                        1));
    }

    @Test
    void network_isOneEntry() {
        publish(List.of(listed("192.0.2.1", -3), listed("192.0.2.2", -2), listed("192.0.2.3", -1)));
        assertThat(find(null, null).senders())
                .extracting(SenderList.ListedSender::address, SenderList.ListedSender::reasons)
                .containsExactly(tuple("192.0.2.0/24", "Several of its addresses are listed."));
    }

    @Test
    void manyEntries_areOnePageAtATime() {
        List<Sender> senders = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            senders.add(BlocklistPublishers.sender(IpPrefix.ofBits(false, 0x0100_0000L + 512L * i), AT - i, AT + 60));
        }
        publish(senders);
        SenderList.SenderPage page = find("100", "1000");
        assertThat(page.total()).isEqualTo(100_000);
        assertThat(page.senders()).hasSize(1_000);
        assertThat(page.senders().get(999).since()).isEqualTo(NOW.minusSeconds(99_999));
    }
}
