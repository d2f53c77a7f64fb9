package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.decoymx.net.IpText;
import org.decoymx.policy.Exemption;
import org.junit.jupiter.api.Test;

class NetworkListParserTest {
    private static NetworkListParser.ParsedList read(String text) throws IOException {
        return new NetworkListParser("/etc/x").read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Exemption exemption(String cidr, boolean exempt, String name) {
        return new Exemption(IpText.parseNetwork(cidr), exempt, name);
    }

    @Test
    void lines_areParsed_withCommentsInTheDescription() throws IOException {
        NetworkListParser.ParsedList list = read("""
                \ufeff192.0.2.0/24
                # a comment, and then an empty line

                  198.51.100.7\t# our partner # in Cologne: Müller\tGmbH\r
                ! 192.0.2.7 #
                !2001:db8::/32#out again
                203.0.113.0/24""");

        assertThat(list.exemptions())
                .containsExactly(
                        exemption("192.0.2.0/24", true, "named in /etc/x"),
                        exemption("198.51.100.7", true, "named in /etc/x (our partner # in Cologne: Müller GmbH)"),
                        exemption("192.0.2.7", false, "named in /etc/x"),
                        exemption("2001:db8::/32", false, "named in /etc/x (out again)"),
                        exemption("203.0.113.0/24", true, "named in /etc/x"));
        assertThat(list.errors().toLogLines("/etc/x")).isEmpty();
        assertThat(list.errors().summary("/etc/x")).isEmpty();
    }

    @Test
    void emptyFile_hasNoNetworks() throws IOException {
        assertThat(read("").exemptions()).isEmpty();
        assertThat(read("\n").exemptions()).isEmpty();
    }

    @Test
    void invalidLine_isReported_andTheOthersAreUsed() throws IOException {
        NetworkListParser.ParsedList list =
                read("192.0.2.0/24\nmail.example.org\n!\n10.0.0.0/33\n192.0.2.1 198.51.100.1\n::1\n");

        assertThat(list.exemptions()).hasSize(2);
        assertThat(list.errors().toLogLines("/etc/x"))
                .containsExactly(
                        "/etc/x:2: 'mail.example.org' is not a valid network (examples: 192.0.2.0/24, 2001:db8::/32,"
                                + " 192.0.2.1)",
                        "/etc/x:3: '' is not a valid network (examples: 192.0.2.0/24, 2001:db8::/32, 192.0.2.1)",
                        "/etc/x:4: '10.0.0.0/33' is not a valid network (prefix length must be 0 to 32)",
                        "/etc/x:5: '192.0.2.1 198.51.100.1' is not a valid network (examples: 192.0.2.0/24,"
                                + " 2001:db8::/32, 192.0.2.1)");
        assertThat(list.errors().summary("/etc/x").orElseThrow())
                .startsWith("/etc/x:2: ")
                .endsWith("; and 3 more");
    }

    @Test
    void invalidLine_isQuotedEscapedAndTruncated() throws IOException {
        assertThat(read("\u001b[31m\u202eevil").errors().toLogLines("/etc/x").get(0))
                .startsWith("/etc/x:1: '\\u001b[31m\\u202eevil' is not a valid network (");
        assertThat(read("a".repeat(500)).errors().toLogLines("/etc/x").get(0))
                .startsWith("/etc/x:1: '" + "a".repeat(59) + "…' is not a valid network (");
        assertThat(read("192.0.2.1/3" + "2".repeat(60)).exemptions()).isEmpty();
    }

    @Test
    void invalidLines_areReportedUpToTen_andTheRestCounted() throws IOException {
        assertThat(read("x\n".repeat(10)).errors().toLogLines("/etc/x")).hasSize(10);
        assertThat(read("x\n".repeat(25)).errors().toLogLines("/etc/x"))
                .hasSize(11)
                .endsWith("/etc/x: 15 more invalid lines");
    }

    @Test
    void longOrUnprintableComment_isTruncatedAndEscaped() throws IOException {
        String name = read("192.0.2.1 # a\u0007b\u2028" + "c".repeat(300))
                .exemptions()
                .get(0)
                .description();
        assertThat(name)
                .startsWith("named in /etc/x (a\\u0007b\\u2028cc")
                .endsWith("…)")
                .hasSize(17 + 200 + 1);
    }

    @Test
    void tooLongLine_isAnError_andTheNextIsParsed() throws IOException {
        NetworkListParser.ParsedList list =
                read("192.0.2.1 #" + "x".repeat(989) + "\r\n192.0.2.2 #" + "x".repeat(990) + "\n192.0.2.3\n");
        assertThat(list.exemptions())
                .extracting(e -> e.network().cidr())
                .containsExactly("192.0.2.1/32", "192.0.2.3/32");
        assertThat(list.errors().toLogLines("/etc/x"))
                .containsExactly("/etc/x:2: '192.0.2.2 #xxxxxxxx…' is too long (at most 1000 octets)");
    }

    @Test
    void linesBeyondTheLimit_areIgnored_andReported() throws IOException {
        String allLines = IntStream.range(0, NetworkListParser.MAX_LINES)
                .mapToObj(i -> "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255) + "\n")
                .collect(Collectors.joining());
        assertThat(read(allLines).errors().toLogLines("/etc/x")).isEmpty();
        NetworkListParser.ParsedList list = read(allLines + "192.0.2.1\n192.0.2.2\n");
        assertThat(list.exemptions()).hasSize(NetworkListParser.MAX_LINES);
        assertThat(list.errors().toLogLines("/etc/x"))
                .containsExactly("/etc/x:100001: at most 100000 lines are allowed; the rest is ignored");
    }
}
