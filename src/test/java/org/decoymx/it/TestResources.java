package org.decoymx.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/** Temporary directories and ports for tests. */
public final class TestResources {
    private static final Ports PORTS = new Ports();

    private TestResources() {}

    /** Creates a directory that all users can read, because some daemons drop root privileges. */
    public static Path createDirectory(String name) {
        try {
            Path directory = Files.createTempDirectory(name);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a directory and its contents. */
    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reserves a loopback port that is free for TCP and UDP, across all test processes, while this process runs. */
    public static int reservePort() {
        return PORTS.next();
    }
}
