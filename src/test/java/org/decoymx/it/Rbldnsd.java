package org.decoymx.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real rbldnsd that serves a file as a zone, on a port of loopback, and looks each second whether there is a new one. */
public final class Rbldnsd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final int port = TestResources.reservePort();
    private final Path log;
    private final Process process;

    /**
     * Starts it, and waits until it answers.
     *
     * @param dir where its log is written
     * @param file what it reads, {@code combined}
     */
    public Rbldnsd(Path dir, String zone, Path file) throws IOException {
        RealProgram.requireRoot();
        log = dir.resolve("log");
        process = new ProcessBuilder(
                        RealProgram.require("rbldnsd"),
                        "-n",
                        "-c",
                        "1s",
                        "-u",
                        "nobody",
                        "-b",
                        "127.0.0.1/" + port,
                        zone + ":combined:" + file)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await("an answer of rbldnsd").atMost(LIMIT).until(() -> !dig(port, "SOA", zone)
                .isEmpty());
    }

    public int port() {
        return port;
    }

    /** What it has written so far. */
    String log() {
        return CompletedProgram.read(log);
    }

    /** What dig is answered on a port of loopback: the data of the records. */
    public static List<String> dig(int port, String type, String name) {
        return CompletedProgram.run(
                        LIMIT,
                        RealProgram.require("dig"),
                        "@127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "+short",
                        "+tries=1",
                        "+time=20",
                        name,
                        type)
                .output()
                .lines()
                .filter(line -> !line.startsWith(";"))
                .toList();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
