package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.DaemonProcess;
import org.decoymx.it.DecoyProcess;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The decoy compared with smtp-sink, the test server that is part of Postfix. Both hold the same conversation with
 * smtp-source and defer its DATA, in turn on the same machine.
 */
@Tag("bench")
class SmtpBenchIT {
    private static final int PAIRS = 5;
    private static final int STARTS = 5;
    private static final int SESSIONS = 50;
    private static final int MESSAGES = 20_000;
    private static final long IDLE_SECONDS = 15;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String[] SETTINGS = {
        "decoy.smtp.greeting-delay=0s", "decoy.smtp.max-connections-per-client=1000"
    };

    /**
     * One run of smtp-source.
     *
     * @param rate conversations a second
     * @param cpu CPU seconds of the server per conversation
     */
    private record Load(double rate, double cpu) {}

    /** The same load on both servers, one after the other. */
    private record Pair(Load sink, Load decoy) {
        double rateRatio() {
            return decoy.rate / sink.rate;
        }

        double cpuRatio() {
            return decoy.cpu / sink.cpu;
        }
    }

    @Test
    void conversations_besideSmtpSink() {
        String source = RealProgram.require("smtp-source");
        String program = RealProgram.require("smtp-sink");
        Path dir = TestResources.createDirectory("bench");
        int port = TestResources.reservePort();
        try (DaemonProcess sink = DaemonProcess.start(
                        dir, port, program, "-u", "postfix", "-r", "DATA", "127.0.0.1:" + port, "1000");
                DecoyProcess decoy = DecoyProcess.start(SETTINGS)) {
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i <= PAIRS; i++) {
                Pair pair = new Pair(
                        load(source, port, sink.pid(), "450"), load(source, decoy.smtpPort(), decoy.pid(), "451"));
                print(i == 0 ? "warm-up" : "pair " + i, pair);
                pairs.add(pair);
            }
            assertThat(decoy.metricValue("decoy_replies_total{code=\"451\"}")).isEqualTo((PAIRS + 1) * MESSAGES);
            printMedians(pairs.subList(1, pairs.size()));
        } finally {
            TestResources.delete(dir);
        }
    }

    private static Load load(String source, int port, long server, String code) {
        double cpu = ProcessUsage.cpuSeconds(server);
        long start = System.nanoTime();
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                source,
                "-A",
                "-s",
                Integer.toString(SESSIONS),
                "-m",
                Integer.toString(MESSAGES),
                "127.0.0.1:" + port);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(run.code()).isZero();
        assertThat(run.countMatches("data rejected: " + code)).isEqualTo(MESSAGES);
        return new Load(MESSAGES / seconds, (ProcessUsage.cpuSeconds(server) - cpu) / MESSAGES);
    }

    private static void print(String name, Pair pair) {
        print(name, pair.sink, pair.decoy, pair.rateRatio(), pair.cpuRatio());
    }

    private static void printMedians(List<Pair> pairs) {
        Load sink = new Load(median(pairs, pair -> pair.sink.rate), median(pairs, pair -> pair.sink.cpu));
        Load decoy = new Load(median(pairs, pair -> pair.decoy.rate), median(pairs, pair -> pair.decoy.cpu));
        print("median", sink, decoy, median(pairs, Pair::rateRatio), median(pairs, Pair::cpuRatio));
    }

    private static void print(String name, Load sink, Load decoy, double rates, double cpus) {
        print("%-8s conversations/s: smtp-sink %.0f, decoymx %.0f, ratio %.2f", name, sink.rate, decoy.rate, rates);
        print(
                "%-8s CPU us/conversation: smtp-sink %.1f, decoymx %.1f, ratio %.2f",
                "", sink.cpu * 1e6, decoy.cpu * 1e6, cpus);
    }

    @Test
    void startAndIdleMemory() throws InterruptedException {
        List<Double> seconds = new ArrayList<>();
        List<Double> mebibytes = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            try (DecoyProcess decoy = DecoyProcess.start(SETTINGS)) {
                seconds.add(decoy.startupTime().toMillis() / 1e3);
                TimeUnit.SECONDS.sleep(IDLE_SECONDS);
                mebibytes.add(ProcessUsage.residentMebibytes(decoy.pid()));
            }
        }
        print("exec to SMTP greeting, s: %s, median %.2f", seconds, median(seconds, value -> value));
        print("idle resident memory, MiB: %s, median %.1f", mebibytes, median(mebibytes, value -> value));
        assertThat(seconds).hasSize(STARTS);
    }

    private static <T> double median(List<T> items, ToDoubleFunction<T> value) {
        return items.stream()
                .mapToDouble(value)
                .sorted()
                .skip(items.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
