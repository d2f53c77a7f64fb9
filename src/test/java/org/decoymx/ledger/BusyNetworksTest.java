package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.ONE_HOUR_POLICY;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.caught;
import static org.decoymx.ledger.LedgerFixtures.origin;
import static org.decoymx.ledger.LedgerFixtures.sighting;

import java.util.Objects;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Test;

/** New senders of one IPv6 /48, of which 1,024 an hour get counts of their own. */
class BusyNetworksTest {
    private final PendingWrites pendingWrites = new PendingWrites();
    private final SightingAggregator aggregator =
            new SightingAggregator(new SenderIndex(), pendingWrites, ONE_HOUR_POLICY, () -> HERE);
    private long session;

    private void flood(String network, int senders, long second) {
        for (int i = 0; i < senders; i++) {
            connect(network + ":" + Integer.toHexString(i) + "::1", second);
        }
    }

    /** A session without a command. */
    private void connect(String address, long second) {
        aggregator.aggregate(sighting(++session, address, second, Verb.HELO, Outcome.LEFT));
    }

    @Test
    void newSenders_ofABusyNetwork_areCountedTogether() {
        flood("2001:db8:7", 2_000, 0);
        assertThat(pendingWrites.size()).isEqualTo(1_024);
        assertThat(aggregator.absorbedCount()).isEqualTo(976);
    }

    @Test
    void senders_thatAreCaughtOrKnown_orOfOtherNetworks_haveTheirCounts() {
        flood("2001:db8:7", 2_000, 0);
        aggregator.aggregate(caught(++session, "2001:db8:7:ffff::1", 0));
        connect("2001:db8:7:1::1", 1);
        connect("2001:db8:8::1", 0);
        SenderCounts listed = Objects.requireNonNull(pendingWrites.find(origin("2001:db8:7:ffff::1")));
        assertThat(listed.score().isListed(T)).isTrue();
        assertThat(Objects.requireNonNull(pendingWrites.find(origin("2001:db8:7:1::1")))
                        .sessions())
                .isEqualTo(2);
        assertThat(pendingWrites.find(origin("2001:db8:8::1"))).isNotNull();
    }

    @Test
    void nextHour_countsAgain_andListsNobody() {
        flood("2001:db8:7", 2_000, 0);
        flood("2001:db8:7", 2_000, 3_600);
        assertThat(pendingWrites.size()).isEqualTo(2_000);
        assertThat(pendingWrites.records(1))
                .noneMatch(each -> each.counts().score().isListed(T));
    }

    @Test
    void ipv4Senders_areNeverCountedTogether() {
        for (int i = 0; i < 2_000; i++) {
            connect("203.0." + i / 256 + "." + i % 256, 0);
        }
        assertThat(pendingWrites.size()).isEqualTo(2_000);
    }
}
