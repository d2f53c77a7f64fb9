package org.decoymx.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real rbldnsd that serves a file as a zone on a loopback port, and checks every second for a new file. */
public final class Rbldnsd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final int port = TestResources.reservePort();
    private final Path log;
    private final Process process;

    /**
     * Starts rbldnsd, and waits until it answers.
     *
     * @param dir the directory for its log
     * @param file the zone file, in the format {@code combined}
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
        await("a response from rbldnsd").atMost(LIMIT).until(() -> !dig(port, "SOA", zone)
                .isEmpty());
    }

    public int port() {
        return port;
    }

    /** Its log so far. */
    String log() {
        return CompletedProgram.read(log);
    }

    /** Queries a loopback port with dig, and returns the data of the records. */
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
