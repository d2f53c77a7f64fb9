package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.decoymx.bench.BenchmarkTable;
import org.decoymx.bench.ProcessUsage;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.DecoyProcess;
import org.decoymx.it.KafkaBroker;
import org.decoymx.ledger.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the exchange takes: time, memory and disk, with a real broker on this machine. */
@Tag("bench")
class ExchangeBenchIT {
    private static final int MILLION = 1_000_000;
    private static final int NODES = 5;
    private static final int LOAD_SECONDS = 30;
    private static final Duration PROGRAM_TIMEOUT = Duration.ofMinutes(5);
    private static final Pattern READ = Pattern.compile("read (\\d+) (\\d+) ms");

    private static final BenchmarkTable TABLE = new BenchmarkTable(
            "Exchange",
            "States of senders through one Kafka broker on the same machine, and a decoy that takes part while two"
                    + " other nodes change 20,000 states a second for " + LOAD_SECONDS + " s.");

    private KafkaBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = KafkaBroker.start();
        try (Admin admin = broker.admin()) {
            new Topics("decoymx", Duration.ofDays(90)).create(admin, 1);
        }
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private void push(int states, boolean evidence) {
        for (int node = 0; node < NODES; node++) {
            StateLoad.push(broker.address(), new Node("mx" + node), states / NODES, evidence);
        }
    }

    /** Octets of all partitions of the topic on the disk of the broker. */
    private long topicOctets() throws Exception {
        try (Admin admin = broker.admin()) {
            return Objects.requireNonNull(admin.describeLogDirs(List.of(1))
                            .allDescriptions()
                            .get()
                            .get(1))
                    .values()
                    .stream()
                    .flatMap(dir -> dir.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().equals(StateLoad.TOPIC))
                    .mapToLong(replica -> replica.getValue().size())
                    .sum();
        }
    }

    @Test
    void millionStates_arePushedIn20Seconds_andReadIn10() throws Exception {
        push(MILLION / 10, true);
        double warm = topicOctets();
        long start = System.nanoTime();
        push(MILLION, true);
        double pushed = seconds(start);
        double octets = (topicOctets() - warm) / MILLION;
        start = System.nanoTime();
        assertThat(StateLoad.readAll(broker.address())).isEqualTo(MILLION + MILLION / 10);
        double read = seconds(start);
        TABLE.atMost("seconds to write a million states", pushed, 20);
        TABLE.atMost("seconds to read a million states", read, 10);
        TABLE.atMost("octets a state on disk", octets, 60);
        assertThat(pushed).isLessThan(20);
        assertThat(read).isLessThan(10);
        assertThat(octets).isLessThan(60);
    }

    @Test
    void tenMillionStates_areReadIn60Seconds_with128MegabytesOfHeap() throws Exception {
        push(10 * MILLION, true);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        CompletedProgram reader = CompletedProgram.run(
                PROGRAM_TIMEOUT,
                java,
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                StateLoad.class.getName(),
                broker.address());
        Matcher result = READ.matcher(reader.output());
        assertThat(result.find()).as(reader.output()).isTrue();
        assertThat(result.group(1)).isEqualTo(String.valueOf(10 * MILLION));
        double read = Double.parseDouble(result.group(2)) / 1_000;
        TABLE.atMost("seconds to read ten million states with 128 MB of heap", read, 60);
        assertThat(read).isLessThan(60);
    }

    /**
     * Two nodes change 10,000 states a second each. The engine is what is between the clients; a decoy merges all of
     * it meanwhile.
     */
    @Test
    void twentyThousandChangesASecond_passTheEngineWithinASecond_andADecoyStaysWithin192Megabytes() throws Exception {
        try (DecoyProcess decoy = DecoyProcess.start(
                "decoy.domains=example.org",
                "decoy.exchange.servers=" + broker.address(),
                "decoy.exchange.node=reader")) {
            double idle = ProcessUsage.residentMebibytes(decoy.pid());
            ChangeLoad load = new ChangeLoad(broker.address(), List.of(new Node("mx0"), new Node("mx1")));
            double cpuBefore = ProcessUsage.cpuSeconds(decoy.pid());
            List<Long> millis = load.run(LOAD_SECONDS);
            double lag = decoy.metricValue("decoy_exchange_lag_seconds");
            long start = System.nanoTime();
            await("the decoy has read all")
                    .atMost(PROGRAM_TIMEOUT)
                    .until(() -> decoy.metricValue("decoy_exchange_read_total") >= load.count());
            double behind = seconds(start);
            double resident = ProcessUsage.residentMebibytes(decoy.pid());
            double anonymous = ProcessUsage.anonymousMebibytes(decoy.pid());
            long p99 = millis.get(millis.size() * 99 / 100);
            TABLE.add("ms through the broker, median", millis.get(millis.size() / 2));
            TABLE.atMost("ms through the broker, 99th percentile", (double) p99, 1_000);
            TABLE.add("seconds that the decoy is behind", lag);
            TABLE.add("seconds until it has the last change", behind);
            TABLE.add(
                    "percent of a processor for the decoy",
                    (ProcessUsage.cpuSeconds(decoy.pid()) - cpuBefore) / (LOAD_SECONDS + behind) * 100);
            TABLE.add("MiB of resident memory of the decoy", resident);
            TABLE.atMost("of it not from files", anonymous, 192e6 / (1 << 20));
            TABLE.add("MiB of resident memory when idle", idle);
            assertThat(p99).isLessThan(1_000);
            // what the limit of a container counts; it takes back pages of files
            assertThat(anonymous).isLessThan(192e6 / (1 << 20));
        }
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }
}
