package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.decoymx.net.ConnectionLimiter;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.PrefixMap;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.smtp.server.ProxyHeaderParser.HeaderResult;
import org.decoymx.smtp.server.SmtpServerContext.SessionTimeouts;
import org.decoymx.smtp.server.SmtpSessionProxyTest.Headers;
import org.decoymx.support.KeptFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the connection limiter, CIDR sets, the certificate and the PROXY header parser. */
class LimitsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static IpPrefix client(String address) {
        return IpPrefix.of(Ip.of(address));
    }

    @Test
    void connections_upToTheLimit_areAccepted() {
        ConnectionLimiter limiter = new ConnectionLimiter(2, 1);
        assertThat(limiter.tryAcquireConnection()).isTrue();
        assertThat(limiter.tryAcquireConnection()).isTrue();
        assertThat(limiter.tryAcquireConnection()).isFalse();
        assertThat(limiter.openConnections()).isEqualTo(2);
        limiter.releaseConnection();
        assertThat(limiter.tryAcquireConnection()).isTrue();
    }

    @Test
    void sessions_ofOneClient_areLimited() {
        ConnectionLimiter limiter = new ConnectionLimiter(100, 2);
        IpPrefix client = client("192.0.2.1");
        assertThat(limiter.tryAcquireClientSlot(client)).isTrue();
        assertThat(limiter.tryAcquireClientSlot(client)).isTrue();
        assertThat(limiter.tryAcquireClientSlot(client)).isFalse();
        assertThat(limiter.tryAcquireClientSlot(client("192.0.2.2"))).isTrue();
        assertThat(limiter.releaseClientSlot(client)).isFalse();
        assertThat(limiter.tryAcquireClientSlot(client)).isTrue();
        assertThat(limiter.tryAcquireClientSlot(client)).isFalse();
    }

    @Test
    void sessions_ofOneIpv6Network_areCountedTogether() {
        ConnectionLimiter limiter = new ConnectionLimiter(100, 1);
        assertThat(limiter.tryAcquireClientSlot(client("2001:db8::1"))).isTrue();
        assertThat(limiter.tryAcquireClientSlot(client("2001:db8::ffff:2"))).isFalse();
        assertThat(limiter.tryAcquireClientSlot(client("2001:db8:0:1::1"))).isTrue();
    }

    @Test
    void connections_aboveFourFifths_areNearTheLimit() {
        ConnectionLimiter limiter = new ConnectionLimiter(4, 4);
        for (int i = 0; i < 3; i++) {
            assertThat(limiter.tryAcquireConnection()).isTrue();
        }
        assertThat(limiter.isNearLimit()).isFalse();
        assertThat(limiter.tryAcquireConnection()).isTrue();
        assertThat(limiter.isNearLimit()).isTrue();
    }

    @Test
    void network_withMoreThanATwentieth_isCrowded() {
        for (String network : List.of("192.0.", "2001:db8:0:")) {
            ConnectionLimiter limiter = new ConnectionLimiter(100, 1);
            for (int i = 1; i <= 6; i++) {
                IpPrefix client = client(network + (network.endsWith(".") ? i + ".1" : i + "::1"));
                assertThat(limiter.tryAcquireClientSlot(client)).isTrue();
                assertThat(limiter.isCrowded(client)).isEqualTo(i == 6);
                assertThat(limiter.tryAcquireClientSlot(client)).isFalse();
            }
            assertThat(limiter.isCrowded(client("198.51.100.1"))).isFalse();
        }
    }

    @Test
    void crowdedIpv6Network_isRejectedNearTheLimit() {
        ConnectionLimiter limiter = new ConnectionLimiter(40, 10);
        for (int i = 1; i <= 32; i++) {
            assertThat(limiter.tryAcquireConnection()).isTrue();
            assertThat(limiter.tryAcquireClientSlot(client("2001:db8:0:" + i + "::1")))
                    .isTrue();
        }
        assertThat(limiter.tryAcquireConnection()).isTrue();
        assertThat(limiter.tryAcquireClientSlot(client("2001:db8:0:33::1"))).isFalse();
        assertThat(limiter.tryAcquireClientSlot(client("2001:db8:1::1"))).isTrue();
        assertThat(limiter.tryAcquireClientSlot(client("192.0.2.1"))).isTrue();
    }

    @Test
    void timeouts_nearTheLimit_areShortForThoseThatHaveDoneLeast() {
        Duration idle = Duration.ofMinutes(5);
        SessionTimeouts timeouts = new SessionTimeouts(Duration.ZERO, Duration.ZERO, idle, idle);
        assertThat(timeouts.overloadTimeoutMillis(Verb.UNKNOWN, false)).isEqualTo(10_000);
        assertThat(timeouts.overloadTimeoutMillis(Verb.EHLO, false)).isEqualTo(30_000);
        assertThat(timeouts.overloadTimeoutMillis(Verb.MAIL, true)).isEqualTo(10_000);
        assertThat(timeouts.overloadTimeoutMillis(Verb.RCPT, false)).isEqualTo(300_000);
        assertThat(timeouts.overloadTimeoutMillis(Verb.DATA, true)).isEqualTo(60_000);
        SessionTimeouts shorter = new SessionTimeouts(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(5), idle);
        assertThat(shorter.overloadTimeoutMillis(Verb.MAIL, false)).isEqualTo(5_000);
    }

    @Test
    void networks_inCidrNotation_containTheirAddresses() {
        PrefixMap<IpPrefix> networks = PrefixMap.parse(List.of("192.0.2.1", "198.51.100.0/24", "2001:db8::/32"));
        assertThat(networks.contains(Ip.of("192.0.2.1"))).isTrue();
        assertThat(networks.contains(Ip.of("192.0.2.2"))).isFalse();
        assertThat(networks.contains(Ip.of("198.51.100.255"))).isTrue();
        assertThat(networks.contains(Ip.of("198.51.101.0"))).isFalse();
        assertThat(networks.contains(Ip.of("2001:db8:ffff::1"))).isTrue();
        assertThat(networks.contains(Ip.of("2001:db9::1"))).isFalse();
        assertThat(PrefixMap.parse(List.of()).contains(Ip.of("192.0.2.1"))).isFalse();
    }

    @Test
    void networks_invalid_areRejectedAndQuoted() {
        for (String invalid : List.of(
                "",
                "mx.example.org",
                "192.0.2",
                "192.0.2.0/33",
                "192.0.2.0/-1",
                "2001:db8::/129",
                "192.0.2.0/",
                "192.0.2.0/x",
                "/24")) {
            assertThatThrownBy(() -> PrefixMap.parse(List.of(invalid)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + invalid + "'");
        }
    }

    @Test
    void certificate_stored_isReadableByOwnerOnlyAndLoadedAgain(@TempDir Path dir) throws IOException {
        Path parent = dir.resolve("sub");
        Path file = parent.resolve("self-signed.pem");
        KeptFile kept = PemCertificate.file(parent, Clock.systemUTC());
        PemCertificate certificate = PemCertificate.loadOrCreate(kept, "mx9.decoy.test", NOW, true);
        assertThat(certificate.pem()).contains("-----BEGIN PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----");
        assertThat(PemCertificate.loadOrCreate(kept, "other.decoy.test", NOW.plusSeconds(9), true))
                .isEqualTo(certificate);
        try (var files = Files.list(parent)) {
            assertThat(files)
                    .containsExactlyInAnyOrder(file, Path.of(file + ".bak"))
                    .allSatisfy(each -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void certificate_damaged_isReplacedByItsCopy_orByANewOne(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("self-signed.pem");
        KeptFile kept = PemCertificate.file(dir, Clock.systemUTC());
        PemCertificate certificate = PemCertificate.loadOrCreate(kept, "mx9.decoy.test", NOW, true);
        for (String damage : List.of("", "\0".repeat(700), certificate.pem().substring(0, 300))) {
            Files.writeString(file, damage);
            assertThat(PemCertificate.loadOrCreate(kept, "mx9.decoy.test", NOW, true))
                    .isEqualTo(certificate);
            assertThat(kept.problem().orElseThrow()).contains("self-signed.pem.corrupt-");
            try (var files = Files.newDirectoryStream(dir, "*.corrupt-*")) {
                for (Path quarantined : files) {
                    assertThat(quarantined).hasContent(damage);
                    Files.delete(quarantined);
                }
            }
        }
        Files.writeString(file, "");
        Files.writeString(Path.of(file + ".bak"), "");
        assertThat(PemCertificate.loadOrCreate(kept, "mx9.decoy.test", NOW, true)
                        .pem())
                .contains("-----BEGIN CERTIFICATE-----");
    }

    @Test
    void certificate_outOfDate_isRenewed_ifTheClockIsTrusted(@TempDir Path dir) throws IOException {
        KeptFile file = PemCertificate.file(dir, Clock.systemUTC());
        PemCertificate of1970 = PemCertificate.loadOrCreate(file, "mx9.decoy.test", Instant.EPOCH, false);
        assertThat(of1970.isOutdated(Instant.EPOCH)).isFalse();
        PemCertificate renewed = PemCertificate.loadOrCreate(file, "mx9.decoy.test", NOW, true);
        assertThat(renewed).isNotEqualTo(of1970);
        assertThat(renewed.isOutdated(NOW)).isFalse();
        assertThat(renewed.isOutdated(NOW.plus(Duration.ofDays(3_651)))).isTrue();
        Instant ahead = NOW.plus(Duration.ofDays(100));
        assertThat(PemCertificate.loadOrCreate(file, "mx9.decoy.test", ahead, true))
                .isEqualTo(renewed);
        assertThat(PemCertificate.loadOrCreate(file, "mx9.decoy.test", Instant.EPOCH, false))
                .isEqualTo(renewed);
        Files.delete(file.path());
        PemCertificate ofTheFuture = PemCertificate.loadOrCreate(file, "mx9.decoy.test", ahead, true);
        assertThat(ofTheFuture.isOutdated(NOW)).isTrue();
    }

    @Test
    void certificate_generatedTwice_hasDifferentKey() {
        assertThat(new PemCertificate(SelfSignedCertificate.generatePem("mx9.decoy.test", NOW)))
                .isNotEqualTo(new PemCertificate(SelfSignedCertificate.generatePem("mx9.decoy.test", NOW)));
    }

    @Test
    void proxyHeader_followedByCommands_returnsThem() {
        for (String header : List.of("PROXY TCP4 192.0.2.7 192.0.2.1 1 25\r\n", Headers.v2(0x21, 0x11, Headers.TCP4))) {
            HeaderResult result = new ProxyHeaderParser().feed(Headers.octets(header + "EHLO x\r\n"));
            assertThat(result).isInstanceOfSatisfying(HeaderResult.CompleteHeader.class, complete -> {
                assertThat(complete.clientAddress()).isEqualTo(Ip.of("192.0.2.7"));
                assertThat(complete.remainingInput().toString(StandardCharsets.US_ASCII))
                        .isEqualTo("EHLO x\r\n");
            });
        }
    }

    @Test
    void proxyHeader_octetByOctet_isCompleteAfterTheLast() {
        String header = Headers.v2(0x21, 0x21, Headers.TCP6 + Headers.TLVS);
        ProxyHeaderParser parser = new ProxyHeaderParser();
        for (int i = 0; i < header.length() - 1; i++) {
            assertThat(parser.feed(Headers.octets(header.substring(i, i + 1))))
                    .isInstanceOf(HeaderResult.IncompleteHeader.class);
        }
        assertThat(parser.feed(Headers.octets(header.substring(header.length() - 1))))
                .isInstanceOfSatisfying(
                        HeaderResult.CompleteHeader.class,
                        complete -> assertThat(complete.clientAddress()).isEqualTo(Ip.of("2001:db8::7")));
    }

    @Test
    void proxyHeader_ofUnixSocket_hasNoClientAddress() {
        HeaderResult result = new ProxyHeaderParser().feed(Headers.octets(Headers.v2(0x21, 0x31, "\0".repeat(216))));
        assertThat(result).isInstanceOfSatisfying(HeaderResult.CompleteHeader.class, complete -> assertThat(
                        complete.clientAddress())
                .isNull());
    }
}
