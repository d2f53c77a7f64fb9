package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A network namespace with only loopback, for firewall rules that affect no one else. A server listens on port 25. */
final class NetworkNamespace implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SERVER = "ip link set lo up && exec nc -lk 127.0.0.1 25";

    private final Process process;

    NetworkNamespace() {
        RealProgram.requireRoot();
        RealProgram.require("nc");
        RealProgram.require("ip");
        String unshare = RealProgram.require("unshare");
        CompletedProgram run = CompletedProgram.run(LIMIT, unshare, "--net", "true");
        RealProgram.requireCondition(run.code() == 0, "cannot create a network namespace: " + run.output());
        try {
            process = new ProcessBuilder(unshare, "--net", "sh", "-c", SERVER)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("the server on port 25").atMost(LIMIT).until(() -> canReach("127.0.0.69"));
    }

    /** The command line that runs a program in the namespace. */
    String[] command(String... program) {
        return Stream.concat(
                        Stream.of(RealProgram.require("nsenter"), "--net", "--target", Long.toString(process.pid())),
                        Stream.of(program))
                .toArray(String[]::new);
    }

    /** {@link #command} without a program, for a shell. */
    String commandPrefix() {
        return String.join(" ", command());
    }

    /** Runs a program in the namespace, requires exit status 0, and returns its output. */
    String run(String... program) {
        CompletedProgram run = CompletedProgram.run(LIMIT, command(program));
        assertThat(run.code())
                .as("%s: %s", String.join(" ", program), run.output())
                .isZero();
        return run.output();
    }

    /** Whether a client can connect to port 25. */
    boolean canReach(String client) {
        return CompletedProgram.run(LIMIT, command("nc", "-z", "-w", "1", "-s", client, "127.0.0.1", "25"))
                        .code()
                == 0;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
