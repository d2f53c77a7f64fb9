package org.decoymx.it;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the programs that a test needs. */
public final class RealProgram {
    /** Programs whose Debian package has another name. */
    private static final Map<String, String> PACKAGES = Map.of(
            "smtp-source", "postfix",
            "smtp-sink", "postfix",
            "postqueue", "postfix");

    private RealProgram() {}

    /**
     * The path of a program. Where it is not installed the test is skipped, or fails when {@code -Dreal=required}.
     *
     * @param name its file name, looked for in PATH and where Debian keeps those of the administrator
     */
    public static String require(String name) {
        Optional<String> found = find(name);
        need(found.isPresent(), name + " is not installed: apt-get install " + PACKAGES.getOrDefault(name, name));
        return found.orElseThrow();
    }

    /** The tests that follow need the superuser, as the program does. */
    static void requireRoot() {
        need("root".equals(System.getProperty("user.name")), "only root can start this program");
    }

    /** Where something is not there the test is skipped, or fails when {@code -Dreal=required}. */
    static void need(boolean there, String otherwise) {
        if (!there && "required".equals(System.getProperty("real"))) {
            fail(otherwise);
        }
        assumeTrue(there, otherwise);
    }

    private static Optional<String> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/bin";
        return Stream.of(path.split(File.pathSeparator, 0))
                .map(dir -> Path.of(dir, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
