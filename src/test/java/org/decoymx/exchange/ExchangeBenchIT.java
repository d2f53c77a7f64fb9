package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.decoymx.it.CompletedProgram;
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
    private static final Duration PROGRAM_TIMEOUT = Duration.ofMinutes(5);
    private static final Pattern READ = Pattern.compile("read (\\d+) (\\d+) ms");

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
            return admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1).values().stream()
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
        print("1,000,000 states: pushed in %.1f s, read in %.1f s, %.1f octets a state", pushed, read, octets);
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
        print("10,000,000 states: read in %.1f s with 128 MB of heap", read);
        assertThat(read).isLessThan(60);
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    private static void print(String format, Object... numbers) {
        System.out.println(String.format(Locale.ROOT, format, numbers));
    }
}
