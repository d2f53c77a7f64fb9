package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.decoymx.net.FairConnections.Admission;
import org.junit.jupiter.api.Test;

class FairConnectionsTest {
    private static final int MAX = 30;
    private static final int MAX_PER_CLIENT = 25;

    private final Set<String> idle = new HashSet<>();
    private final FairConnections<String> connections = new FairConnections<>(MAX, idle::contains);

    private static IpPrefix client(String address) {
        return IpText.parseAddress(address).orElseThrow();
    }

    private Admission<String> admit(String address, String name) {
        return connections.admit(client(address), name);
    }

    private void fill(String address, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(admit(address, address + "#" + i)).isEqualTo(new Admission<>(true, Optional.empty()));
        }
    }

    @Test
    void client_hasALimitOfItsOwn() {
        fill("192.0.2.1", MAX_PER_CLIENT);

        assertThat(admit("192.0.2.1", "more").isAdmitted()).isFalse();
        assertThat(admit("192.0.2.2", "other").isAdmitted()).isTrue();
        assertThat(connections.rejectedConnections()).isEqualTo(1);
        connections.release(client("192.0.2.1"), "192.0.2.1#3");
        assertThat(admit("192.0.2.1", "again").isAdmitted()).isTrue();
        assertThat(connections.openConnections()).isEqualTo(MAX_PER_CLIENT + 1);
    }

    @Test
    void connectionOfAProxy_countsForTheClientThatItNames() {
        fill("192.0.2.1", MAX_PER_CLIENT);
        admit("127.0.0.1", "ofFirst");
        admit("127.0.0.1", "ofOther");

        assertThat(connections
                        .move(client("127.0.0.1"), client("192.0.2.1"), "ofFirst")
                        .isAdmitted())
                .isFalse();
        assertThat(connections
                        .move(client("127.0.0.1"), client("192.0.2.2"), "ofOther")
                        .isAdmitted())
                .isTrue();

        assertThat(connections.openConnections()).isEqualTo(MAX_PER_CLIENT + 1);
        connections.release(client("127.0.0.1"), "ofOther");
        assertThat(connections.openConnections()).isEqualTo(MAX_PER_CLIENT + 1);
        connections.release(client("192.0.2.2"), "ofOther");
        assertThat(connections.openConnections()).isEqualTo(MAX_PER_CLIENT);
    }

    @Test
    void addressesOfOneIpv6Network_areOneClient() {
        fill("2001:db8:0:1::1", MAX_PER_CLIENT - 10);
        fill("2001:db8:0:1::2", 10);

        assertThat(admit("2001:db8:0:1::3", "more").isAdmitted()).isFalse();
    }

    @Test
    void newcomer_takesThePlaceOfAnIdleConnection_ofTheClientWithTheMost() {
        fill("192.0.2.1", MAX_PER_CLIENT);
        fill("192.0.2.2", MAX - MAX_PER_CLIENT);
        idle.add("192.0.2.1#7");
        idle.add("192.0.2.2#0");

        assertThat(admit("192.0.2.3", "a")).isEqualTo(new Admission<>(true, Optional.of("192.0.2.1#7")));
        assertThat(admit("192.0.2.3", "b")).isEqualTo(new Admission<>(true, Optional.of("192.0.2.1#0")));
        connections.release(client("192.0.2.1"), "192.0.2.1#7");
        assertThat(connections.openConnections()).isEqualTo(MAX);
    }

    @Test
    void newcomer_takesThePlaceOfAnIdleConnection_ifAllClientsHaveOne() {
        for (int i = 1; i <= MAX; i++) {
            fill("192.0.2." + i, 1);
        }
        assertThat(admit("198.51.100.1", "a").isAdmitted()).isFalse();
        idle.add("192.0.2.9#0");
        assertThat(admit("192.0.2.1", "more").isAdmitted()).isFalse();
        assertThat(admit("198.51.100.1", "a")).isEqualTo(new Admission<>(true, Optional.of("192.0.2.9#0")));
    }

    @Test
    void newcomer_isRejected_whenNobodyHasMore() {
        fill("192.0.2.1", MAX / 3);
        fill("192.0.2.2", MAX / 3);
        fill("192.0.2.3", MAX / 3);

        assertThat(admit("192.0.2.1", "more")).isEqualTo(new Admission<>(false, Optional.empty()));
        assertThat(admit("192.0.2.4", "new").isAdmitted()).isTrue();
    }

    @Test
    void oneClient_mayHaveAll_untilAnotherOneComes() {
        FairConnections<String> busy = FairConnections.ofBusy(2, 2);
        assertThat(busy.admit(client("192.0.2.1"), "a").isAdmitted()).isTrue();
        assertThat(busy.admit(client("192.0.2.1"), "b").isAdmitted()).isTrue();
        assertThat(busy.admit(client("192.0.2.1"), "c")).isEqualTo(new Admission<>(false, Optional.empty()));
        assertThat(busy.admit(client("192.0.2.2"), "d")).isEqualTo(new Admission<>(true, Optional.of("a")));
        assertThat(busy.admit(client("192.0.2.3"), "e").isAdmitted()).isFalse();
    }
}
