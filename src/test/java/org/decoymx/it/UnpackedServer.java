package org.decoymx.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs mail servers that are unpacked and not installed. Each finds what its package would have set up: its users, a host
 * name with a dot, and directories to write to. That is in a mount namespace of its own, so nobody else sees it. Who it asks
 * for a name is not there.
 */
final class UnpackedServer {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** The group whose set-group-ID smtpctl must have. */
    static final int OPENSMTPQ = 64_872;

    private static final String USERS = """
            Debian-exim:x:64870:64870::/var/spool:/usr/sbin/nologin
            opensmtpd:x:64871:64871::/var/lib/opensmtpd/empty:/usr/sbin/nologin
            opensmtpq:x:64872:64872::/var/lib/opensmtpd/empty:/usr/sbin/nologin
            """;

    private static final String GROUPS = """
            Debian-exim:x:64870:
            opensmtpd:x:64871:
            opensmtpq:x:64872:
            """;

    private static final String SCRIPT = """
            set -e
            cd "$0"
            hostname mx.test
            for file in etc/passwd etc/group etc/hosts etc/resolv.conf run var/lib var/spool; do
                [ ! -e "/$file" ] || mount --bind "$file" "/$file"
            done
            exec "$@"
            """;

    private UnpackedServer() {}

    /** Where this cannot be, the test is skipped; gives the program that does it. */
    static String requireNamespaces() {
        RealProgram.requireRoot();
        String unshare = RealProgram.require("unshare");
        CompletedProgram run = CompletedProgram.run(LIMIT, unshare, "--mount", "--uts", "true");
        RealProgram.requireCondition(run.code() == 0, "no namespace can be made: " + run.output());
        return unshare;
    }

    /**
     * The command line that runs a program so; the process stays the same.
     *
     * @param dir a directory of the test's own
     */
    static String[] command(Path dir, String... program) {
        String unshare = requireNamespaces();
        Path root = dir.resolve("root");
        if (!Files.exists(root)) {
            prepare(root);
        }
        return Stream.concat(
                        Stream.of(unshare, "--mount", "--uts", "sh", "-c", SCRIPT, root.toString()), Stream.of(program))
                .toArray(String[]::new);
    }

    private static void prepare(Path root) {
        try {
            for (String dir : List.of("etc", "run", "var/lib/opensmtpd/empty", "var/spool")) {
                Files.createDirectories(root.resolve(dir));
            }
            Files.writeString(root.resolve("etc/passwd"), Files.readString(Path.of("/etc/passwd")) + USERS);
            Files.writeString(root.resolve("etc/group"), Files.readString(Path.of("/etc/group")) + GROUPS);
            Files.writeString(root.resolve("etc/hosts"), "127.0.0.1 mx.test localhost\n::1 localhost\n");
            Files.writeString(root.resolve("etc/resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command line that runs a program where a daemon of this kind runs. */
    static String[] commandInNamespaceOf(DaemonProcess daemon, String... program) {
        return Stream.concat(
                        Stream.of(RealProgram.require("nsenter"), "--mount", "--target", Long.toString(daemon.pid())),
                        Stream.of(program))
                .toArray(String[]::new);
    }
}
