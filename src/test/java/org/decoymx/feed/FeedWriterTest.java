package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.junit.jupiter.api.Test;

class FeedWriterTest {

    private static BlocklistEntry entry(String address) {
        return entry(IpText.parseNetwork(address));
    }

    private static BlocklistEntry entry(IpPrefix network) {
        return new BlocklistEntry(network, 0, 0, 0);
    }

    private static String write(Consumer<FeedWriter> action) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FeedWriter writer = new FeedWriter(out);
        action.accept(writer);
        writer.flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void addresses_areWrittenLikeOrigins() {
        String text = write(writer -> {
            for (String address : new String[] {
                "0.0.0.0", "1.2.3.4", "9.10.11.99", "100.101.109.110", "128.199.200.255", "255.255.255.255"
            }) {
                writer.append(entry(address)).endLine();
            }
            writer.append(entry("2001:DB8:0:1::9"))
                    .endLine()
                    .append(entry("::1"))
                    .endLine()
                    .append(entry("2001:db8::/64"))
                    .endLine();
        });
        assertThat(text).isEqualTo("""
                0.0.0.0
                1.2.3.4
                9.10.11.99
                100.101.109.110
                128.199.200.255
                255.255.255.255
                2001:db8:0:1::9
                ::1
                2001:db8::/64
                """);
    }

    @Test
    void networks_areWrittenWithPrefix() {
        BlocklistEntry first = entry("0.0.0.0/24");
        BlocklistEntry last = entry("255.255.255.0/24");
        assertThat(write(writer -> writer.append(first).endLine().append(last).endLine()))
                .isEqualTo("0.0.0.0/24\n255.255.255.0/24\n");
        assertThat(last.text()).isEqualTo("255.255.255.0/24");
        assertThat(write(writer -> writer.appendCidr(last))).isEqualTo("255.255.255.0/24");
        assertThat(write(writer -> writer.appendCidr(entry("192.0.2.1")))).isEqualTo("192.0.2.1/32");
        assertThat(write(writer -> writer.appendCidr(entry("2001:db8::/64")))).isEqualTo("2001:db8::/64");
        assertThat(write(writer -> writer.appendCidr(entry("2001:db8::1")))).isEqualTo("2001:db8::1/128");
    }

    @Test
    void everyOctet_inEveryPosition_isWrittenLikeOrigin() {
        for (int octet = 0; octet < 256; octet++) {
            for (int shift = 0; shift < 32; shift += 8) {
                IpPrefix origin = IpPrefix.ofBits(false, (long) octet << shift | 5L << (shift + 8) % 32);
                assertThat(write(writer -> writer.append(entry(origin)))).isEqualTo(origin.toString());
            }
        }
    }

    @Test
    void textLargerThanBuffer_isWrittenCompletely() {
        assertThat(write(writer -> {
                    for (int i = 0; i < 10_000; i++) {
                        writer.append(entry("255.255.255.255")).endLine();
                    }
                }))
                .hasSize(160_000)
                .matches("(?:255\\.255\\.255\\.255\n)*");
    }

    @Test
    void nonAsciiText_isWrittenAsUtf8() {
        assertThat(write(writer -> writer.append("a\u00fcb").append('c'))).isEqualTo("a\u00fcbc");
    }

    @Test
    void jsonString_isEscaped() {
        assertThat(write(writer -> writer.appendJsonString("a\"\\\n<b>"))).isEqualTo("\"a\\\"\\\\\\n<b>\"");
    }

    @Test
    void time_isWrittenInUtc() {
        assertThat(write(writer -> writer.appendTime(1_795_638_871L))).isEqualTo("2026-11-25T20:34:31Z");
    }
}
