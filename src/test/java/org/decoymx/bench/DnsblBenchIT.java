package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.bench.BenchmarkTable.Pair;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.DecoyProcess;
import org.decoymx.it.Rbldnsd;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;
import org.decoymx.ledger.LargeLedgers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Answers over UDP compared with rbldnsd on the same 100,000 entries; dnsperf queries them in turn. */
@Tag("bench")
class DnsblBenchIT {
    private static final int SENDERS = 101_010;
    private static final int ENTRIES = 100_000;
    private static final int QUERIES = 200_000;
    private static final int PAIRS = 5;
    private static final String ZONE = "bl.decoy.test";
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Pattern RATE = Pattern.compile("Queries per second: +([0-9.]+)");
    private static final Pattern LOST = Pattern.compile("Queries lost: +([0-9]+)");

    private static final BenchmarkTable TABLE = new BenchmarkTable(
            "DNS",
            "Answers over UDP from a list of %,d addresses; half of the queries of dnsperf are for listed ones."
                    .formatted(ENTRIES));

    private static Path dir;
    private static DecoyProcess decoy;
    private static Rbldnsd rbldnsd;

    @BeforeAll
    static void start() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("rbldnsd");
        RealProgram.require("dnsperf");
        dir = TestResources.createDirectory("dnsbl-bench");
        LargeLedgers.writeDecoyLedger(dir, SENDERS, 1);
        decoy = DecoyProcess.start(
                "decoy.ledger.dir=" + dir, "decoy.domains=example.org", "decoy.smtp.greeting-delay=0s");
        Path zone = Files.writeString(
                dir.resolve("zone"), decoy.get("/feeds/rbldnsd?tier=all").body());
        List<String> entries = decoy.get("/feeds/plain")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        assertThat(entries.size()).isBetween(ENTRIES - ENTRIES / 100, ENTRIES + ENTRIES / 100);
        Files.write(dir.resolve("queries"), queries(entries));
        rbldnsd = new Rbldnsd(dir, ZONE, zone);
        for (int port : new int[] {rbldnsd.port(), decoy.dnsPort()}) {
            assertThat(Rbldnsd.dig(port, "A", "2.0.0.127." + ZONE)).containsExactly("127.0.0.2");
        }
    }

    /** Half of the addresses are listed. */
    private static List<String> queries(List<String> entries) {
        Random random = new Random(1);
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < QUERIES; i++) {
            String address = random.nextBoolean()
                    ? entries.get(random.nextInt(entries.size()))
                    : random.nextInt(1, 224) + "." + random.nextInt(256) + "." + random.nextInt(256) + "."
                            + random.nextInt(256);
            String[] octets = address.split("\\.", -1);
            queries.add(octets[3] + "." + octets[2] + "." + octets[1] + "." + octets[0] + "." + ZONE + " A");
        }
        return queries;
    }

    @AfterAll
    static void stop() {
        if (rbldnsd != null) {
            rbldnsd.close();
        }
        if (decoy != null) {
            decoy.close();
            TestResources.delete(dir);
        }
    }

    private record Result(double rate, long lost) {}

    private static Result measure(int port) {
        String output = CompletedProgram.run(
                        LIMIT,
                        "dnsperf",
                        "-s",
                        "127.0.0.1",
                        "-p",
                        "" + port,
                        "-d",
                        dir.resolve("queries").toString(),
                        "-l",
                        "5",
                        "-c",
                        "8",
                        "-q",
                        "200")
                .output();
        Matcher rate = RATE.matcher(output);
        Matcher lost = LOST.matcher(output);
        assertThat(rate.find() && lost.find()).as(output).isTrue();
        assertThat(output).contains("NOERROR").contains("NXDOMAIN").doesNotContain("SERVFAIL");
        return new Result(Double.parseDouble(rate.group(1)), Long.parseLong(lost.group(1)));
    }

    @Test
    void answersOverUdp() {
        List<Pair> rates = new ArrayList<>();
        long lost = 0;
        for (int i = 0; i <= PAIRS; i++) {
            Result peer = measure(rbldnsd.port());
            Result own = measure(decoy.dnsPort());
            System.out.printf(
                    Locale.ROOT,
                    "answers over UDP: rbldnsd %.0f/s (%d lost), decoy %.0f/s (%d lost), ratio %.2f%n",
                    peer.rate,
                    peer.lost,
                    own.rate,
                    own.lost,
                    own.rate / peer.rate);
            if (i > 0) {
                rates.add(new Pair(own.rate, peer.rate));
            }
            lost += own.lost;
        }
        TABLE.compare("answers a second", "rbldnsd", rates);
        TABLE.atMost("lost answers", (double) lost, 0);
        assertThat(lost).isZero();
    }
}
