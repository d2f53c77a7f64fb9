package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.decoymx.bench.BenchmarkTable.Pair;
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
    private static final double MAX_START_RATIO = 0.75;
    private static final double MAX_IDLE_MEBIBYTES = 120e6 / (1 << 20);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String[] SETTINGS = {
        "decoy.smtp.greeting-delay=0s", "decoy.smtp.max-connections-per-client=1000"
    };

    private static final BenchmarkTable TABLE = new BenchmarkTable(
            "SMTP",
            "%,d conversations up to DATA, which is deferred, %d at a time, by smtp-source on the same machine."
                            .formatted(MESSAGES, SESSIONS)
                    + " smtp-sink is the test server of Postfix, in C. Start and memory are of a decoy with an empty"
                    + " ledger.");

    /**
     * One run of smtp-source.
     *
     * @param rate conversations a second
     * @param micros CPU microseconds of the server per conversation
     */
    private record Load(double rate, double micros) {}

    /**
     * One start.
     *
     * @param seconds until the SMTP greeting
     * @param resident MiB of resident memory, once idle
     * @param anonymous what the limit of a container counts of it: all but the pages of files
     */
    private record Start(double seconds, double resident, double anonymous) {}

    @Test
    void conversations_besideSmtpSink() {
        String source = RealProgram.require("smtp-source");
        String program = RealProgram.require("smtp-sink");
        Path dir = TestResources.createDirectory("bench");
        int port = TestResources.reservePort();
        try (DaemonProcess sink = DaemonProcess.start(
                        dir, port, program, "-u", "postfix", "-r", "DATA", "127.0.0.1:" + port, "1000");
                DecoyProcess decoy = DecoyProcess.start(SETTINGS)) {
            List<Pair> rates = new ArrayList<>();
            List<Pair> micros = new ArrayList<>();
            for (int i = 0; i <= PAIRS; i++) {
                Load ofSink = load(source, port, sink.pid(), "450");
                Load ofDecoy = load(source, decoy.smtpPort(), decoy.pid(), "451");
                System.out.println(ofSink + " " + ofDecoy);
                if (i > 0) {
                    rates.add(new Pair(ofDecoy.rate, ofSink.rate));
                    micros.add(new Pair(ofDecoy.micros, ofSink.micros));
                }
            }
            assertThat(decoy.metricValue("decoy_replies_total{code=\"451\"}")).isEqualTo((PAIRS + 1) * MESSAGES);
            TABLE.compare("conversations a second", "smtp-sink", rates);
            TABLE.compare("CPU µs for a conversation", "smtp-sink", micros);
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
        return new Load(MESSAGES / seconds, (ProcessUsage.cpuSeconds(server) - cpu) / MESSAGES * 1e6);
    }

    /** With the class-data archive and without, in turn. */
    @Test
    void startAndIdleMemory() throws InterruptedException {
        List<Start> archived = new ArrayList<>();
        List<Start> plain = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            archived.add(start(SETTINGS));
            plain.add(start(Stream.concat(Stream.of(SETTINGS), Stream.of(DecoyProcess.WITHOUT_CLASS_DATA))
                    .toArray(String[]::new)));
        }
        addRows("with a class-data archive", archived);
        addRows("without", plain);
        double ratio = median(archived, Start::seconds) / median(plain, Start::seconds);
        TABLE.atMost("start with the archive, of the time without", ratio, MAX_START_RATIO);
        assertThat(ratio).isLessThan(1);
        assertThat(median(archived, Start::anonymous)).isLessThan(MAX_IDLE_MEBIBYTES);
    }

    private static Start start(String... settings) throws InterruptedException {
        try (DecoyProcess decoy = DecoyProcess.start(settings)) {
            TimeUnit.SECONDS.sleep(IDLE_SECONDS);
            return new Start(
                    decoy.startupTime().toMillis() / 1e3,
                    ProcessUsage.residentMebibytes(decoy.pid()),
                    ProcessUsage.anonymousMebibytes(decoy.pid()));
        }
    }

    private static void addRows(String name, List<Start> starts) {
        TABLE.add("seconds from the start to the greeting, " + name, median(starts, Start::seconds));
        TABLE.add("MiB of resident memory when idle, " + name, median(starts, Start::resident));
        TABLE.add("of it not from files, " + name, median(starts, Start::anonymous));
    }

    private static double median(List<Start> starts, ToDoubleFunction<Start> value) {
        return BenchmarkTable.median(starts.stream().map(value::applyAsDouble).toList());
    }
}
