package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.decoymx.ledger.Origin;
import org.decoymx.listing.Listing.Entry;
import org.junit.jupiter.api.Test;

class LinesTest {

    private static Entry entry(String address) {
        Origin origin = Origin.parse(address).orElseThrow();
        return new Entry(origin.v6(), origin.bits(), origin.v6() ? 64 : 32, 0, 0);
    }

    private static String written(Lines lines) {
        return lines.octets().toString(StandardCharsets.UTF_8);
    }

    @Test
    void addresses_areWritten_asTheirOriginsAre() {
        Lines lines = new Lines(1);
        for (String address : new String[] {
            "0.0.0.0", "1.2.3.4", "9.10.11.99", "100.101.109.110", "128.199.200.255", "255.255.255.255"
        }) {
            lines.add(entry(address)).end();
        }
        lines.add(entry("2001:DB8:0:1::9")).end().add(entry("::1")).end();
        assertThat(written(lines)).isEqualTo("""
                0.0.0.0
                1.2.3.4
                9.10.11.99
                100.101.109.110
                128.199.200.255
                255.255.255.255
                2001:db8:0:1::/64
                ::/64
                """);
    }

    @Test
    void networks_areWritten_withTheirPrefix() {
        long last = Origin.parse("255.255.255.0").orElseThrow().bits();
        Lines lines = new Lines(1);
        lines.add(new Entry(false, 0, 24, 0, 0)).end();
        lines.add(new Entry(false, last, 24, 0, 0)).end();
        assertThat(written(lines)).isEqualTo("0.0.0.0/24\n255.255.255.0/24\n");
        assertThat(new Entry(false, last, 24, 0, 0).text()).isEqualTo("255.255.255.0/24");
    }

    @Test
    void everyOctet_inEveryPlace_isWrittenAsItsOriginIs() {
        for (int octet = 0; octet < 256; octet++) {
            for (int shift = 0; shift < 32; shift += 8) {
                Origin origin = new Origin(false, (long) octet << shift | 5L << (shift + 8) % 32);
                assertThat(written(new Lines(1).add(new Entry(false, origin.bits(), 32, 0, 0))))
                        .isEqualTo(origin.toString());
            }
        }
    }

    @Test
    void moreLines_thanExpected_findRoom() {
        Lines lines = new Lines(0);
        for (int i = 0; i < 1_000; i++) {
            lines.add(entry("255.255.255.255")).end();
        }
        assertThat(lines.octets().length()).isEqualTo(16_000);
    }

    @Test
    void text_isUtf8() {
        assertThat(new Lines(1).add("\u00fc").octets().getBytes()).isEqualTo("\u00fc".getBytes(StandardCharsets.UTF_8));
    }
}
