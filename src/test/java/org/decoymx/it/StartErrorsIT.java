package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An invalid value stops the start with one line that names the key and the value. */
class StartErrorsIT {
    @ParameterizedTest
    @CsvSource({
        "decoy.smtp.port, abc",
        "decoy.smtp.port, 70000",
        "decoy.smtp.port, -1",
        "decoy.smtp.host, 192.0.2.1",
        "decoy.smtp.greeting-delay, x",
        "decoy.smtp.greeting-delay, -1s",
        "decoy.smtp.persona, nix",
        "decoy.smtp.max-connections, 0",
        "decoy.smtp.max-connections-per-client, 0",
        "decoy.smtp.proxy-protocol.trusted, 1.2.3.4/99",
        "decoy.domains, ..bad..",
        "decoy.exempt.spf-domains, example",
        "decoy.exempt.dnswl-zones, list..example.org",
        "decoy.exempt.name-servers, ns.example.org",
        "decoy.policy.ttl, 0s",
        "decoy.ledger.retention, 1s",
        "decoy.ledger.max-senders, 0",
        "decoy.ledger.max-senders, 99000000",
        "decoy.ledger.max-senders, 99999999999999999999",
        "decoy.primary.hosts, 2001:db8::1",
        "decoy.policy.known-days, 37",
        "decoy.primary.outage-grace-min, 25h",
        "decoy.primary.outage-grace-max, 1m",
        "decoy.primary.probe-interval, 0s",
        "decoy.feed.max-age, 0s",
        "decoy.feed.max-age, 25h",
        "decoy.feed.access, nix",
        "decoy.feed.networks, 2001:db8::/129",
        "decoy.dnsbl.port, 65536",
        "decoy.dnsbl.host, 192.0.2.1",
        "decoy.dnsbl.zone, bl..example.org",
        "decoy.dnsbl.allowed-networks, 192.0.2.0/33",
        "decoy.dnsbl.answers-per-second, -1",
        "decoy.lookup.policy-port, -1",
        "decoy.lookup.host, mx.example.org",
        "decoy.lookup.action, nix",
        "decoy.public-url, decoy.example.org",
        "decoy.notify.command, page-me",
        "decoy.notify.events, nix",
        "decoy.ledger.dir, /dev/null/data",
        "decoy.exempt.networks, 10.0.0.0/33",
        "decoy.exempt.networks, 192.0.2.1-9",
        "decoy.exempt.networks, mail.example.org",
        "decoy.exempt.files, /no/such/file",
        "decoy.exempt.files, /etc"
    })
    void invalidValue_stopsTheStart_withOneLineThatNamesIt(String key, String value) {
        assertStartFails(key + "=" + value, key, value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fifteen-letters", "sixteen letters and more", "sixteen-l\u00e4tters"})
    void invalidToken_stopsTheStart_andIsNotShown(String token) {
        for (String key : new String[] {"decoy.admin.token", "decoy.feed.tokens"}) {
            String log = assertStartFails(key + "=" + token, key, "16 to 256 printable ASCII");
            assertThat(log).doesNotContain("letters").doesNotContain("tters");
        }
    }

    /** A backslash is the escape character of lists, so the token would silently be a different one. */
    @Test
    void feedTokenWithABackslash_stopsTheStart() {
        assertThat(assertStartFails("decoy.feed.tokens=sixteen-letters-\\x", "decoy.feed.tokens", "backslash"))
                .doesNotContain("sixteen");
    }

    @ParameterizedTest
    @CsvSource({"token, decoy.feed.tokens", "network, decoy.feed.networks"})
    void feedAccessWithoutClients_stopsTheStart_withOneLineThatNamesTheKey(String access, String key) {
        assertStartFails("decoy.feed.access=" + access, key, "0", "1 to ");
    }

    @Test
    void publicLookupPort_stopsTheStart_withOneLineThatNamesTheKey() {
        assertStartFails("decoy.lookup.host=0.0.0.0", "decoy.lookup.allowed-networks", "0.0.0.0", "192.0.2.0/28");
    }

    @Test
    void unknownKey_stopsTheStart_withOneLineThatNamesIt() {
        assertStartFails("decoy.smtp.prot=25", "decoy.smtp.prot", "unknown key", "decoy.smtp.port");
    }

    @Test
    void portInUse_stopsTheStart_withOneLineThatNamesIt() throws IOException {
        try (ServerSocket occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(occupied.getLocalPort());
            assertStartFails("decoy.smtp.port=" + port, "decoy.smtp.port", port);
        }
    }

    /** The message of the library has no file name. */
    @Test
    void emptyCertificate_stopsTheStart_withOneLineThatNamesTheFile(@TempDir Path dir) throws IOException {
        Path empty = Files.createFile(dir.resolve("mx.pem"));
        for (Path file : List.of(empty, dir.resolve("missing.pem"))) {
            StartupFailures.awaitOneLineError(
                    DecoyProcess.startWithoutWaiting(
                            "decoy.smtp.tls=mx",
                            "quarkus.tls.mx.key-store.pem.0.cert=" + file,
                            "quarkus.tls.mx.key-store.pem.0.key=" + file),
                    "quarkus.tls.mx.key-store.pem.0.key=" + file);
        }
    }

    private static String assertStartFails(String setting, String... texts) {
        return StartupFailures.awaitOneLineError(DecoyProcess.startWithoutWaiting(setting), texts);
    }
}
