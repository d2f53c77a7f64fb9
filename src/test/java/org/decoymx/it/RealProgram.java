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
 * Finds the programs that a test needs: those that are installed, and in the second place those below a folder that the
 * environment names in {@code DECOYMX_UNPACKED}. Packages of mail servers that cannot be installed beside each other are
 * unpacked there.
 */
public final class RealProgram {
    /** Programs whose Debian package has another name. */
    private static final Map<String, String> PACKAGES = Map.of(
            "smtp-source", "postfix",
            "smtp-sink", "postfix",
            "postqueue", "postfix",
            "usr/libexec/sendmail/sendmail", "sendmail-bin",
            "usr/share/sendmail/cf/m4/cf.m4", "sendmail-cf");

    private RealProgram() {}

    /**
     * The path of a program. Where it is not installed the test is skipped, or fails when {@code -Dreal=required}.
     *
     * @param name its file name, looked for in PATH and where Debian keeps those of the administrator
     */
    public static String require(String name) {
        return require(name, programs(name).filter(Files::isExecutable));
    }

    /**
     * The path of a file of a package, the same way, for what is in no PATH or has a namesake there.
     *
     * @param path below the root, as {@code usr/libexec/sendmail/sendmail}
     */
    static String requireFile(String path) {
        return require(path, roots().map(root -> root.resolve(path)).filter(Files::isReadable));
    }

    private static String require(String name, Stream<Path> places) {
        Optional<String> found = places.map(Path::toString).findFirst();
        requireCondition(
                found.isPresent(), name + " is not installed: apt-get install " + PACKAGES.getOrDefault(name, name));
        return found.orElseThrow();
    }

    /** The tests that follow need the superuser, as the program does. */
    public static void requireRoot() {
        requireCondition("root".equals(System.getProperty("user.name")), "only root can start this program");
    }

    /** Where something is not there the test is skipped, or fails when {@code -Dreal=required}. */
    static void requireCondition(boolean there, String otherwise) {
        if (!there && "required".equals(System.getProperty("real"))) {
            fail(otherwise);
        }
        assumeTrue(there, otherwise);
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
