package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.RealProgram;

/** The Exim of a good sender, with the clock of the lab. It remembers which hosts it could not reach. */
final class EximSender {
    private static final long LIMIT_SECONDS = 120;

    private final LabNamespace namespace;
    private final LabClock clock;
    private final Path dir;
    private final Path config;
    private final String exim;
    private int logLines;

    /**
     * Creates an Exim; it runs only while it delivers.
     *
     * @param dir gets its queue
     * @param address its source address
     * @param retryRule when it tries again, in Exim's notation: {@code F,4d,97m}
     */
    EximSender(LabNamespace namespace, Path dir, LabClock clock, String address, String retryRule) throws IOException {
        this.namespace = namespace;
        this.clock = clock;
        this.dir = dir;
        // a copy without the set-user-ID bit, for which the loader would ignore the clock
        exim = Files.copy(Path.of(RealProgram.require("exim4")), dir.resolve("exim"))
                .toString();
        Files.setOwner(
                Files.createDirectory(dir.resolve("spool")),
                dir.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        config = Files.writeString(dir.resolve("exim.conf"), config(address, retryRule));
    }

    private String config(String address, String retryRule) {
        return """
                exim_path = %1$s/exim
                exim_user = nobody
                exim_group = nogroup
                primary_hostname = exim.test
                spool_directory = %1$s/spool
                log_file_path = %1$s/spool/%%slog
                tls_advertise_hosts =
                keep_environment = LD_PRELOAD : LAB_CLOCK
                local_interfaces = 127.0.0.1
                never_users =
                begin routers
                mx:
                  driver = dnslookup
                  domains = *
                  transport = out
                begin transports
                out:
                  driver = smtp
                  interface = %2$s
                  hosts_try_dane =
                  hosts_avoid_tls = *
                  command_timeout = 60s
                begin retry
                * * %3$s
                """.formatted(dir, address, retryRule);
    }

    private List<String> run(String... command) throws IOException {
        ProcessBuilder builder = namespace.builder(command);
        builder.environment().putAll(clock.environment());
        Path output = dir.resolve("output");
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(process.exitValue()).as(() -> CompletedProgram.read(output)).isZero();
        List<String> lines = log().lines().toList();
        List<String> added = lines.subList(logLines, lines.size());
        logLines = lines.size();
        assertThat(added).as("bounced messages").noneMatch(line -> line.contains(" ** "));
        return added;
    }

    /** Queues a message and runs the queue; returns what that adds to the log. */
    List<String> send(String from, String recipient) throws IOException {
        String script =
                "printf 'Subject: hello\\n\\nhello\\n' | " + String.join(" ", exim()) + " -odq -i -f \"$0\" \"$1\"";
        run("sh", "-c", script, from, recipient);
        return runQueue();
    }

    /** Runs the queue once, as cron does; tries only what is due. Returns what is added to the log. */
    List<String> runQueue() throws IOException {
        return run(Stream.concat(exim().stream(), Stream.of("-q")).toArray(String[]::new));
    }

    private List<String> exim() {
        return List.of(exim, "-C", config.toString());
    }

    String log() {
        Path file = dir.resolve("spool/mainlog");
        return Files.exists(file) ? CompletedProgram.read(file) : "";
    }
}
