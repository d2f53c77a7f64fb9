package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Uses routing tables as printed by Linux 5 and 6. */
class DefaultGatewaysTest {
    private static final String ROUTE = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tI\
            RTT                                                       \s
            eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0                    \
                                                                       \s
            ppp0\t00000000\t00000000\t0001\t0\t0\t200\t00000000\t0\t0\t0                    \
                                                                       \s
            wlan0\t00000000\tFE01A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0                   \
                                                                        \s
            eth0\t0000000A\tFE0200C0\t0003\t0\t0\t0\t000000FF\t0\t0\t0                      \
                                                                     \s
            tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0                      \
                                                                     \s
            *\t00000000\t010200C0\t0200\t0\t0\t0\t00000000\t0\t0\t0                         \
                                                                  \s
            eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0                    \
                                                                       \s
            """;

    private static final String IPV6_ROUTE = """
            20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000\
            000000000000000000000000 00000100 00000001 00000000 00000001     eth0
            fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000\
            000000000000000000000000 00000100 00000002 00000000 00000001     eth0
            00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8\
            000000010000000000000001 00000400 00000002 00000000 00000003     eth0
            00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000\
            00000000021122fffe334455 00000400 00000002 00000000 00450003     eth1
            20000000000000000000000000000000 03 00000000000000000000000000000000 00 20010db8\
            000000020000000000000001 00000400 00000002 00000000 00000003     eth0
            00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000\
            000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
            00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000\
            000000000000000000000000 00000000 00000004 00000000 80200001       lo
            """;

    private static List<String> v4(String table, ByteOrder order) {
        return addresses(table.lines()
                .map(line -> DefaultGateways.parseV4Route(line, order))
                .toList());
    }

    private static List<String> v6(String table) {
        return addresses(table.lines().map(DefaultGateways::parseV6Route).toList());
    }

    private static List<String> addresses(List<Optional<InetAddress>> found) {
        return found.stream()
                .flatMap(Optional::stream)
                .map(InetAddress::getHostAddress)
                .toList();
    }

    @Test
    void v4DefaultGateways_areReadInHostByteOrder() {
        assertThat(v4(ROUTE, ByteOrder.LITTLE_ENDIAN)).containsExactly("192.0.2.1", "192.168.1.254");
        assertThat(v4("eth0\t00000000\tC0000201\t0003\t0\t0\t0\t00000000\t0\t0\t0", ByteOrder.BIG_ENDIAN))
                .containsExactly("192.0.2.1");
    }

    @Test
    void v6DefaultGateways_areRead() {
        assertThat(v6(IPV6_ROUTE)).containsExactly("2001:db8:0:1:0:0:0:1", "fe80:0:0:0:211:22ff:fe33:4455");
    }

    @Test
    void otherLine_isIgnored() {
        for (String line : List.of(
                "",
                " ",
                "eth0",
                "eth0 00000000 010200C0 0003",
                "eth0 00000000 010200 0003 0 0 0 00000000",
                "eth0 00000000 0102000G 0003 0 0 0 00000000",
                "eth0 00000000 -10200C0 0003 0 0 0 00000000",
                "eth0 00000000 010200C0 xyz 0 0 0 00000000",
                "eth0 00000000 010200C0 -3 0 0 0 00000000",
                "eth0 00000000 00000000 0003 0 0 0 00000000")) {
            assertThat(DefaultGateways.parseV4Route(line, ByteOrder.LITTLE_ENDIAN))
                    .as(line)
                    .isEmpty();
            assertThat(DefaultGateways.parseV6Route(line)).as(line).isEmpty();
        }
        assertThat(v6(IPV6_ROUTE.replace("20010db80000000100000000000000", "20010db800000001000000000000g0")))
                .hasSize(1);
    }

    @Test
    void localRoutingTables_areReadWithoutError() throws IOException {
        assertThat(DefaultGateways.findAll()).doesNotContainNull();
    }
}
