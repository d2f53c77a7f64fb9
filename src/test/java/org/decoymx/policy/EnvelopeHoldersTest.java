package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.decoymx.net.IpPrefix;
import org.junit.jupiter.api.Test;

class EnvelopeHoldersTest {
    private static final long ENVELOPE = 7;
    private static final TrustState CAUGHT =
            TrustState.UNKNOWN.withCaught(EnvelopeMemory.EMPTY.remember(ENVELOPE, 1_800_000_000, false));

    private final EnvelopeHolders holders = new EnvelopeHolders();

    private void add(IpPrefix origin) {
        holders.replace(origin, TrustState.UNKNOWN, CAUGHT);
    }

    private static IpPrefix ofPool(int number) {
        return IpPrefix.ofBits(false, 0x0a00_0000L + ((long) number << 16));
    }

    @Test
    void pool_whoseEnvelopeIsKnown_isNotPushedOutByAnotherNetwork() {
        List<IpPrefix> pool = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pool.add(0, ofPool(i));
            add(ofPool(i));
        }
        for (int i = 0; i < 100; i++) {
            add(new IpPrefix(0x2001_0db8_0000_0000L + i, 1, 128));
        }
        assertThat(holders.find(ENVELOPE))
                .hasSize(32)
                .startsWith(new IpPrefix(0x2001_0db8_0000_0063L, 1, 128))
                .containsAll(pool);
    }

    @Test
    void oldestOfAll_isDropped_ifNoNetworkHasMore() {
        for (int i = 0; i < 40; i++) {
            add(ofPool(i));
        }
        assertThat(holders.find(ENVELOPE)).hasSize(32).startsWith(ofPool(39)).endsWith(ofPool(8));
        holders.replace(ofPool(20), CAUGHT, TrustState.UNKNOWN);
        assertThat(holders.find(ENVELOPE)).hasSize(31).doesNotContain(ofPool(20));
    }

    @Test
    void envelope_deferredAtAPrimary_isHeldToo() {
        TrustState deferred =
                TrustState.UNKNOWN.withDeferred(EnvelopeMemory.EMPTY.remember(ENVELOPE, 1_800_000_000, false));
        holders.replace(ofPool(1), TrustState.UNKNOWN, deferred);
        assertThat(holders.find(ENVELOPE)).containsExactly(ofPool(1));
        holders.replace(ofPool(1), deferred, CAUGHT);
        assertThat(holders.find(ENVELOPE)).containsExactly(ofPool(1));
        holders.replace(ofPool(1), CAUGHT, deferred);
        holders.replace(ofPool(1), deferred, TrustState.UNKNOWN);
        assertThat(holders.find(ENVELOPE)).isEmpty();
    }
}
