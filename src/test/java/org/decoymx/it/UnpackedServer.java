package org.decoymx.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs mail servers that are unpacked but not installed. Each one finds what its package would have set up: its users,
 * a fully qualified host name and writable directories. They exist only in a separate mount namespace, where name
 * lookups fail.
 */
final class UnpackedServer {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** The group ID for the set-group-ID program smtpctl. */
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

    /** Skips the test if namespaces are not available. Returns the path of unshare. */
    static String requireNamespaces() {
        RealProgram.requireRoot();
        String unshare = RealProgram.require("unshare");
        CompletedProgram run = CompletedProgram.run(LIMIT, unshare, "--mount", "--uts", "true");
        RealProgram.requireCondition(run.code() == 0, "cannot create a namespace: " + run.output());
        return unshare;
    }

    /**
     * Returns the command that runs a program in new namespaces, without forking.
     *
     * @param dir the directory of the test
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

    /** Returns the command that runs a program in the mount namespace of a daemon. */
    static String[] commandInNamespaceOf(DaemonProcess daemon, String... program) {
        return Stream.concat(
                        Stream.of(RealProgram.require("nsenter"), "--mount", "--target", Long.toString(daemon.pid())),
                        Stream.of(program))
                .toArray(String[]::new);
    }
}
