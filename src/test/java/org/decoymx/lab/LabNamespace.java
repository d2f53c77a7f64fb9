package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.RealProgram;

/** A network namespace with its own resolv.conf, whose only name server is 127.0.0.1, and the user of Exim. */
final class LabNamespace implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String READY = "ready";
    private static final String SCRIPT = """
            set -e
            for file in passwd group resolv.conf; do
                mount --bind "$0/$file" "/etc/$file"
            done
            ip link set lo up
            echo %s
            exec sleep infinity
            """.formatted(READY);

    /** Exim does not start without the user that its package has. */
    private static final String USER = "Debian-exim:x:64870:64870::/var/spool:/usr/sbin/nologin\n";

    private final Process process;

    /**
     * Creates a namespace. The test is skipped if that is not possible.
     *
     * @param dir gets the files that replace those in /etc
     */
    LabNamespace(Path dir) throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("ip");
        RealProgram.require("nsenter");
        Files.writeString(dir.resolve("resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
        Files.writeString(dir.resolve("passwd"), Files.readString(Path.of("/etc/passwd")) + USER);
        Files.writeString(dir.resolve("group"), Files.readString(Path.of("/etc/group")) + "Debian-exim:x:64870:\n");
        process = new ProcessBuilder(
                        RealProgram.require("unshare"), "--net", "--mount", "sh", "-c", SCRIPT, dir.toString())
                .redirectErrorStream(true)
                .start();
        // nsenter would enter the namespace of the test before this line
        String line = String.valueOf(reader(process).readLine());
        RealProgram.requireCondition(line.equals(READY), "cannot create a network namespace: " + line);
    }

    /** Connects two namespaces by a pair of interfaces that are named {@code eth0}. */
    static void connect(LabNamespace one, LabNamespace other) {
        String ip = RealProgram.require("ip");
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                ip,
                "link",
                "add",
                "eth0",
                "netns",
                one.pid(),
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                other.pid());
        assertThat(run.code()).as(run.output()).isZero();
        Stream.of(one, other).forEach(namespace -> namespace.run("ip", "link", "set", "eth0", "up"));
    }

    private String pid() {
        return Long.toString(process.pid());
    }

    private static BufferedReader reader(Process process) {
        return process.inputReader(StandardCharsets.ISO_8859_1);
    }

    /** The command line that runs a program in the namespace. */
    String[] command(String... program) {
        return Stream.concat(
                        Stream.of(RealProgram.require("nsenter"), "--net", "--mount", "--target", pid()),
                        Stream.of(program))
                .toArray(String[]::new);
    }

    /** Runs a program in the namespace, requires exit status 0, and returns its output. */
    String run(String... program) {
        CompletedProgram run = CompletedProgram.run(LIMIT, command(program));
        assertThat(run.code())
                .as("%s: %s", String.join(" ", program), run.output())
                .isZero();
        return run.output();
    }

    /** A builder of a process in the namespace. */
    ProcessBuilder builder(String... program) {
        return new ProcessBuilder(command(program));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
