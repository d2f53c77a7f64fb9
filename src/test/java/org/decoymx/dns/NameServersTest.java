package org.decoymx.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
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
        "[2001:db8::53]:5353, 2001:db8:0:0:0:0:0:53 5353"
    })
    void validServer_isParsed(String value, String server) {
        assertThat(current(value)).containsExactly(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "ns.example.org", "192.0.2.53:0", "192.0.2.53:65536", "192.0.2:53", "[2001:db8::53", "x"})
    void invalidServer_isRejected(String value) {
        assertThatThrownBy(() -> current(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + value + "' is not a valid name server (examples: ");
    }

    @Test
    void withoutServers_resolvConfIsUsed() throws IOException {
        assertThat(current()).containsExactly("127.0.0.1 53");
        Files.writeString(dir.resolve("resolv.conf"), """
            # nameserver 192.0.2.1
            search example.org
            nameserver 192.0.2.53
             nameserver\t2001:db8::53 # second
            nameserver nonsense
            options edns0
            """);
        assertThat(current()).containsExactly("192.0.2.53 53", "2001:db8:0:0:0:0:0:53 53");
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
