package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Local and strange clients query the DNSBL of a decoy in another network namespace. */
class DnsblAccessIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SERVER = "@198.51.100.1";
    private static final String NEIGHBOR = "198.51.100.7";
    private static final String PRIVATE = "10.1.2.3";
    private static final String STRANGER = "203.0.113.9";
    private static final String TEST_ENTRY = "2.0.0.127.bl.decoy.test";
    private static final int BATCH = 60;

    private final Path dir = TestResources.createDirectory("access");
    private LabNamespace world;
    private LabNamespace site;

    @BeforeEach
    void connect() throws IOException {
        Stream.of("dig", "socat").forEach(RealProgram::require);
        world = new LabNamespace(Files.createDirectory(dir.resolve("world")));
        site = new LabNamespace(Files.createDirectory(dir.resolve("site")));
        LabNamespace.connect(world, site);
        site.run("ip", "address", "add", "198.51.100.1/24", "dev", "eth0");
        site.run("ip", "route", "add", "10.0.0.0/8", "dev", "eth0");
        site.run("ip", "route", "add", "203.0.113.0/24", "dev", "eth0");
        for (String address : List.of(NEIGHBOR + "/24", PRIVATE + "/32", STRANGER + "/32")) {
            world.run("ip", "address", "add", address, "dev", "eth0");
        }
    }

    @AfterEach
    void clean() {
        Stream.of(world, site).forEach(LabNamespace::close);
        TestResources.delete(dir);
    }

    private LabDecoy start(String... settings) throws IOException {
        return new LabDecoy(site, dir.resolve("site"), new LabClock(dir), "127.0.0.1", List.of(settings));
    }

    private String dig(String from, String... options) {
        return world.run(Stream.concat(
                        Stream.of("dig", "-b", from, SERVER, "-p", "5335", "+tries=1", "+time=60", "+nocookie"),
                        Stream.of(options))
                .toArray(String[]::new));
    }

    private static int size(String output, String label) {
        Matcher matcher = Pattern.compile(label + " *(?:rcvd)?:? *([0-9]+)").matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void byDefault_localNetworksGetAnswers_andStrangersAreRefused_whichIsLogged() throws IOException {
        try (LabDecoy decoy = start()) {
            for (String transport : List.of("+notcp", "+tcp")) {
                for (String client : List.of(NEIGHBOR, PRIVATE)) {
                    assertThat(dig(client, transport, "+short", TEST_ENTRY)).isEqualTo("127.0.0.2\n");
                    assertThat(dig(client, transport, "1.0.0.127.bl.decoy.test"))
                            .contains("status: NXDOMAIN");
                }
                String refused = dig(STRANGER, transport, "+qr", TEST_ENTRY);
                assertThat(refused).contains("status: REFUSED", "ANSWER: 0");
                assertThat(size(refused, "MSG SIZE")).isLessThanOrEqualTo(size(refused, "QUERY SIZE"));
            }
            await("the log line").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.log())
                    .contains("DNS queries refused: ", "the last one of " + STRANGER + "; only loopback, private"));
        }
    }

    /** Queries as fast as possible over UDP; an answer that is dropped takes a second. */
    private String digBatch(String from) throws IOException {
        Path queries = dir.resolve("queries");
        Files.writeString(queries, (TEST_ENTRY + "\n").repeat(BATCH));
        return world.run(
                "dig", "-b", from, SERVER, "-p", "5335", "+tries=1", "+time=1", "+ignore", "-f", queries.toString());
    }

    @Test
    void openToAll_strangersGetTwentyAnswersASecond_andLocalNetworksAll() throws IOException {
        try (LabDecoy decoy = start("decoy.dnsbl.allowed-networks=0.0.0.0/0,::/0")) {
            assertThat(dig(STRANGER, "+short", TEST_ENTRY)).isEqualTo("127.0.0.2\n");
            await("a truncated answer").atMost(LIMIT).untilAsserted(() -> assertThat(digBatch(STRANGER))
                    .containsPattern("flags: qr tc"));
            assertThat(digBatch(NEIGHBOR).lines().filter(line -> line.endsWith("127.0.0.2")))
                    .as(decoy.log())
                    .hasSize(BATCH);
            assertThat(dig(STRANGER, "+tcp", "+short", TEST_ENTRY)).isEqualTo("127.0.0.2\n");
        }
    }
}
