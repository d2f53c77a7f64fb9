package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.OutageWindows;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.junit.jupiter.api.Test;

class WaitingSendersTest {
    private static final Instant T = Instant.parse("2026-01-10T00:00:00Z");

    private final OutageWindows outages = PolicyFixtures.outages(Duration.ZERO);
    private final WaitingSenders waiting = new WaitingSenders(PolicyFixtures.of(
            PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofDays(1)),
            new ExemptNetworks(),
            new PrimaryVisits(),
            outages));

    private static Sender listedSince(long address, Instant since) {
        SenderScore score = new SenderScore(
                10,
                since.getEpochSecond(),
                1,
                since.getEpochSecond(),
                since.plus(Duration.ofDays(1)).getEpochSecond(),
                0);
        return new Sender(IpPrefix.ofBits(false, address), since, since, 1, 1, Set.of(), Set.of(), List.of(score));
    }

    private void probeAt(Instant begun) {
        outages.waitingListings().verify(begun.getEpochSecond());
    }

    @Test
    void onlySendersWhoseListingWaits_areTaken() {
        probeAt(T);
        waiting.update(List.of(listedSince(1, T.minusSeconds(1)), listedSince(2, T), listedSince(3, T)), T);
        assertThat(outages.waitingListings().isProbeWanted(T.getEpochSecond() + 1))
                .isTrue();
        probeAt(T.plusSeconds(1));
        waiting.update(List.of(listedSince(3, T)), T);
        assertThat(waiting.take()).containsExactly(IpPrefix.ofBits(false, 2));
        assertThat(waiting.take()).isEmpty();
        assertThat(waiting.hasForgotten()).isFalse();
    }

    @Test
    void tooManySenders_areNotKept_butNoted() {
        probeAt(T);
        waiting.update(
                LongStream.range(0, 10_001)
                        .mapToObj(address -> listedSince(address, T))
                        .toList(),
                T);
        assertThat(waiting.hasForgotten()).isTrue();
        assertThat(waiting.hasForgotten()).isFalse();
        assertThat(waiting.take()).hasSize(10_000);
    }
}
