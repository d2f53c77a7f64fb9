package org.decoymx.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.decoymx.feed.MutableClock;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameServersTest {
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    @TempDir
    private Path dir;

    private List<String> current(String... value) {
        return new NameServers(List.of(value), dir.resolve("resolv.conf"), CLOCK)
                .current().stream().map(NameServersTest::text).toList();
    }

    private static String text(InetSocketAddress server) {
        return server.getAddress().getHostAddress() + " " + server.getPort();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.53, 192.0.2.53 53",
        "192.0.2.53:5353, 192.0.2.53 5353",
        "2001:db8::53, 2001:db8:0:0:0:0:0:53 53",
        "[2001:db8::53], 2001:db8:0:0:0:0:0:53 53",
        "[2001:db8::53]:5353, 2001:db8:0:0:0:0:0:53 5353",
        "fe80::53%nonesuch0, fe80:0:0:0:0:0:0:53 53",
        "[fe80::53%nonesuch0]:5353, fe80:0:0:0:0:0:0:53 5353"
    })
    void validServer_isParsed(String value, String server) {
        assertThat(current(value)).containsExactly(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ns.example.org",
                "192.0.2.53:0",
                "192.0.2.53:65536",
                "192.0.2:53",
                "[2001:db8::53",
                "x",
                "1.2.3.4%1"
            })
    void invalidServer_isRejected(String value) {
        assertThatThrownBy(() -> current(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + value + "' is not a valid name server (examples: ");
    }

    private List<String> currentWithFile(String text, Charset charset) throws IOException {
        Files.writeString(dir.resolve("resolv.conf"), text, charset);
        return current();
    }

    @Test
    void withoutServers_resolvConfIsUsed() throws IOException {
        String file = """
            # nameserver 192.0.2.1
            search example.org
            nameserver 192.0.2.53
             nameserver\t2001:db8::53 # second
            nameserver nonsense
            options edns0
            """;
        assertThat(currentWithFile(file, StandardCharsets.UTF_8))
                .containsExactly("192.0.2.53 53", "2001:db8:0:0:0:0:0:53 53");
    }

    /** What glibc understands in a nameserver line. */
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "nameserver 192.0.2.53,192.0.2.53",
                "nameserver\t \t192.0.2.53 \t,192.0.2.53",
                "nameserver 192.0.2.53 # our own,192.0.2.53",
                "nameserver 192.0.2.53 and more,192.0.2.53",
                "nameserver 127.1,127.0.0.1",
                "nameserver 10.1.258,10.1.1.2",
                "nameserver 0x7f.0.0.010,127.0.0.8",
                "nameserver 2130706434,127.0.0.2",
                "nameserver ::ffff:192.0.2.53,192.0.2.53",
                "nameserver 2001:db8::53,2001:db8:0:0:0:0:0:53",
                "nameserver 2001:db8::53%eth9,2001:db8:0:0:0:0:0:53",
                "nameserver fe80::53%1,fe80:0:0:0:0:0:0:53%lo",
                "nameserver fe80::53%lo,fe80:0:0:0:0:0:0:53%lo"
            })
    void nameserverLine_isUnderstood(String line, String address) throws IOException {
        String file = "; caf\u00e9\n" + line + "\noptions timeout:1 rotate\nsearch example.org\n";
        assertThat(currentWithFile(file, StandardCharsets.ISO_8859_1))
                .extracting(server -> server.replace("%1 ", "%lo "))
                .containsExactly(address + " 53");
        assertThat(ResolvConf.read(dir.resolve("resolv.conf")).problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nameserver 08.0.0.1",
                "nameserver 192.0.2.256",
                "nameserver 192.0.2.53.",
                "nameserver 1.2.3.4.5",
                "nameserver 4294967296",
                "nameserver -1",
                "nameserver \u0662",
                "nameserver ns.example.org",
                "nameserver",
                "nameserver 192.0.2.53#comment",
                "nameserver 192.0.2.53:5353",
                "nameserver fe80::53",
                "nameserver fe80::53%nonesuch0",
                "nameserver fe80::53%",
                "nameservers 192.0.2.53",
                "NAMESERVER 192.0.2.53",
                "nameserver=192.0.2.53"
            })
    void otherLine_isIgnored_andReportedWithItsNumber(String line) throws IOException {
        assertThat(currentWithFile("# first\n" + line + "\nnameserver 192.0.2.9\n", StandardCharsets.UTF_8))
                .containsExactly("192.0.2.9 53");
        assertThat(ResolvConf.read(dir.resolve("resolv.conf")).problems())
                .singleElement()
                .asString()
                .startsWith(dir.resolve("resolv.conf") + ", line 2: '")
                .endsWith("; the line is ignored");
    }

    @Test
    void crlf_endsALine() throws IOException {
        String file = "#\r\nnameserver 192.0.2.53\r\n\r\nnameserver ::1 \r\n";
        assertThat(currentWithFile(file, StandardCharsets.UTF_8))
                .containsExactly("192.0.2.53 53", "0:0:0:0:0:0:0:1 53");
        assertThat(ResolvConf.read(dir.resolve("resolv.conf")).problems()).isEmpty();
    }

    @Test
    void ignoredLine_isLoggedOnce_untilItIsGone() throws IOException {
        Path file = Files.writeString(dir.resolve("resolv.conf"), "nameserver x\nnameserver 192.0.2.9\n");
        MutableClock clock = new MutableClock(Instant.EPOCH);
        List<String> messages = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord event) {
                messages.add(event.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(NameServers.class.getName());
        logger.addHandler(handler);
        try {
            NameServers servers = new NameServers(List.of(), file, clock);
            for (int i = 0; i < 3; i++) {
                servers.current();
                clock.advance(Duration.ofMinutes(1));
            }
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(messages)
                .containsExactly(file + ", line 1: 'x' is not the address of a name server; the line is ignored");
    }

    @Test
    void onlyTheFirstThree_areUsed_asInGlibc_andDuplicatesDoNotCount() throws IOException {
        String file = """
            nameserver 192.0.2.1
            nameserver 192.0.2.2
            nameserver 192.0.2.1
            nameserver 192.0.2.3
            nameserver 192.0.2.4
            """;
        assertThat(currentWithFile(file, StandardCharsets.UTF_8))
                .containsExactly("192.0.2.1 53", "192.0.2.2 53", "192.0.2.3 53");
        assertThat(ResolvConf.read(dir.resolve("resolv.conf")).problems())
                .containsExactly(dir.resolve("resolv.conf")
                        + ", line 5: only the first 3 name servers are used, not '192.0.2.4'");
    }

    @Test
    void withoutAnyServer_thatIsAProblem_untilTheFileNamesOne() throws IOException {
        Path file = dir.resolve("resolv.conf");
        MutableClock clock = new MutableClock(Instant.EPOCH);
        NameServers servers = new NameServers(List.of(), file, clock);
        NameServersHealth health = new NameServersHealth(servers);
        assertThat(health.call().getStatus()).as("not needed yet").isEqualTo(Status.UP);
        assertThat(servers.current()).isEmpty();
        assertThat(servers.problem())
                .contains("no name server is known: " + file
                        + " cannot be read: no such file; correct it, or set decoy.exempt.name-servers");
        assertThat(health.call().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.call().getData().orElseThrow())
                .containsEntry("trouble", servers.problem().orElseThrow());
        Files.writeString(file, "search example.org\n");
        clock.advance(Duration.ofSeconds(2));
        assertThat(servers.current()).isEmpty();
        assertThat(servers.problem()).get().asString().contains("no line of " + file + " names one");
        Files.writeString(file, "nameserver 192.0.2.9\n");
        clock.advance(Duration.ofSeconds(2));
        assertThat(servers.current()).hasSize(1);
        assertThat(servers.problem()).isEmpty();
        assertThat(health.call().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void endlessFile_isReadInPart() throws IOException {
        assertThat(ResolvConf.read(Path.of("/dev/zero")).servers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Example.ORG, example.org",
        "example.org., example.org",
        "_spf.b\u00fccher.test, _spf.xn--bcher-kva.test"
    })
    void domain_isNormalized(String value, String name) {
        assertThat(DnsName.parseDomain(value)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "org",
                "a..org",
                ".example.org",
                "exa mple.org",
                "a/b.org",
                "http://example.org",
                "%.org"
            })
    void invalidDomain_isRejected(String value) {
        assertThatThrownBy(() -> DnsName.parseDomain(value))
                .hasMessageContaining("'" + value + "' is not a valid domain name");
    }

    @Test
    void name_hasALengthLimit() {
        String label = "a".repeat(63);
        assertThat(DnsName.isValid(label + ".org")).isTrue();
        assertThat(DnsName.isValid(label + "a.org")).isFalse();
        assertThat(DnsName.isValid(String.join(".", label, label, label, "a".repeat(61))))
                .isTrue();
        assertThat(DnsName.isValid(String.join(".", label, label, label, "a".repeat(62))))
                .isFalse();
        assertThat(DnsName.isValid("")).isFalse();
        assertThat(DnsName.isValid("a.org.")).isFalse();
        assertThat(DnsName.isValid("\u00e4.org")).isFalse();
    }
}
