package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.decoymx.net.IpPrefix;
import org.junit.jupiter.api.Test;

class ClearedNetworksTest {
    private static final long UNTIL = 1_800_000_000;

    private final ClearedNetworks networks = new ClearedNetworks(2);

    private static IpPrefix sender(int network) {
        return IpPrefix.ofBits(false, (long) network << 8 | 7);
    }

    private void record(int network) {
        networks.record(
                sender(network),
                TrustState.UNKNOWN.withProof(new RetryProof(0, 0, UNTIL - 100, UNTIL, 1, 0, 0, false)));
    }

    private boolean contains(int network, long at) {
        return networks.contains(sender(network).neighborhood(), at);
    }

    @Test
    void network_ofASenderThatIsCleared_isKnownUntilItsEnd() {
        networks.record(sender(2), TrustState.UNKNOWN);
        record(1);
        assertThat(contains(1, UNTIL - 1)).isTrue();
        assertThat(contains(1, UNTIL)).isFalse();
        assertThat(contains(2, 0)).isFalse();
        networks.removeExpired(UNTIL - 1);
        assertThat(contains(1, UNTIL - 1)).isTrue();
        networks.removeExpired(UNTIL);
        assertThat(contains(1, UNTIL - 1)).isFalse();
    }

    @Test
    void oldestNetwork_isForgotten_ifThereAreTooMany() {
        record(1);
        record(2);
        assertThat(contains(1, 0)).isTrue();
        record(1);
        record(3);
        assertThat(contains(1, 0)).isTrue();
        assertThat(contains(2, 0)).isFalse();
        assertThat(contains(3, 0)).isTrue();
    }
}
