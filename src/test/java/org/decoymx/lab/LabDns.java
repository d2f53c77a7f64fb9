package org.decoymx.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.RealProgram;

/** An Unbound on 127.0.0.1 of a namespace. It knows the records that the test gives it, which may change. */
final class LabDns implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TTL = " 1 IN ";

    private final LabNamespace namespace;
    private final String control = RealProgram.require("unbound-control");
    private final Path config;
    private final Process process;

    /**
     * Starts Unbound.
     *
     * @param dir gets its files
     * @param records such as {@code example.org. MX 10 mx1.example.org.}
     */
    LabDns(LabNamespace namespace, Path dir, List<String> records) throws IOException {
        this.namespace = namespace;
        String data = records.stream()
                .map(record -> "    local-data: '" + withTtl(record) + "'\n")
                .collect(Collectors.joining());
        config = Files.writeString(dir.resolve("unbound.conf"), config(dir) + data);
        process = namespace
                .builder(RealProgram.require("unbound"), "-d", "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("unbound.log").toFile())
                .start();
        await("Unbound").atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> control("status") == 0);
    }

    private static String config(Path dir) {
        return """
                remote-control:
                    control-enable: yes
                    control-interface: %1$s/control
                    control-use-cert: no
                server:
                    interface: 127.0.0.1
                    access-control: 127.0.0.0/8 allow
                    num-threads: 1
                    chroot: ""
                    username: ""
                    directory: "%1$s"
                    pidfile: "%1$s/unbound.pid"
                    use-syslog: no
                    module-config: "iterator"
                    local-zone: "." static
                """.formatted(dir);
    }

    private static String withTtl(String record) {
        return record.replaceFirst(" ", TTL);
    }

    private int control(String... command) {
        String[] program = Stream.concat(Stream.of(control, "-c", config.toString()), Stream.of(command))
                .toArray(String[]::new);
        return CompletedProgram.run(LIMIT, namespace.command(program)).code();
    }

    private void change(String... command) {
        if (control(command) != 0) {
            throw new IllegalStateException("unbound-control " + String.join(" ", command) + " failed");
        }
    }

    /** Replaces all records of a name. */
    void replace(String name, String... records) {
        change("local_data_remove", name);
        for (String record : records) {
            change("local_data", withTtl(name + " " + record));
        }
    }

    /** Gives no answer to queries for a name any more, until {@link #answer}. */
    void ignore(String name) {
        change("local_zone", name, "deny");
    }

    /** Answers queries for a name that was ignored. */
    void answer(String name, String... records) {
        change("local_zone_remove", name);
        replace(name, records);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
