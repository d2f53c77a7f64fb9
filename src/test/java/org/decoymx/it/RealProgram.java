package org.decoymx.it;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the programs that a test needs: first the installed ones, then those below the directory in the environment
 * variable {@code DECOYMX_UNPACKED}. It holds unpacked packages of mail servers that conflict with each other.
 */
public final class RealProgram {
    /** Programs whose Debian package has a different name. */
    private static final Map<String, String> PACKAGES = Map.of(
            "smtp-source", "postfix",
            "smtp-sink", "postfix",
            "postqueue", "postfix",
            "unbound-control", "unbound",
            "apache2", "apache2-bin",
            "nginx", "nginx-light",
            "promtool", "prometheus",
            "tcpdmatch", "tcpd",
            "usr/libexec/sendmail/sendmail", "sendmail-bin",
            "usr/share/sendmail/cf/m4/cf.m4", "sendmail-cf");

    private RealProgram() {}

    /**
     * Returns the path of a program. If it is missing, the test is skipped, or fails with {@code -Dreal=required}.
     *
     * @param name its file name; the search covers PATH, {@code /usr/sbin} and {@code /usr/bin}
     */
    public static String require(String name) {
        return require(name, programs(name).filter(Files::isExecutable));
    }

    /**
     * Returns the path of a file of a package in the same way, for files outside PATH or with an ambiguous name.
     *
     * @param path relative to the root, such as {@code usr/libexec/sendmail/sendmail}
     */
    public static String requireFile(String path) {
        return require(path, roots().map(root -> root.resolve(path)).filter(Files::isReadable));
    }

    private static String require(String name, Stream<Path> candidates) {
        Optional<String> match = candidates.map(Path::toString).findFirst();
        requireCondition(
                match.isPresent(), name + " is not installed: apt-get install " + PACKAGES.getOrDefault(name, name));
        return match.orElseThrow();
    }

    /** Skips or fails the test unless it runs as root. */
    public static void requireRoot() {
        requireCondition("root".equals(System.getProperty("user.name")), "only root can start this program");
    }

    /** If a condition is not met, the test is skipped, or fails with {@code -Dreal=required}. */
    public static void requireCondition(boolean met, String message) {
        if (!met && "required".equals(System.getProperty("real"))) {
            fail(message);
        }
        assumeTrue(met, message);
    }

    private static Stream<Path> programs(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(
                Stream.of(path.split(File.pathSeparator, 0)).map(dir -> Path.of(dir, name)),
                roots().flatMap(root -> Stream.of(root.resolve("usr/sbin/" + name), root.resolve("usr/bin/" + name))));
    }

    private static Stream<Path> roots() {
        return Stream.concat(
                Stream.of(Path.of("/")),
                Stream.ofNullable(System.getenv("DECOYMX_UNPACKED")).map(Path::of));
    }
}
