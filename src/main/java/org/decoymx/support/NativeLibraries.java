package org.decoymx.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The native libraries of SQLite, Netty and Zstandard. Each is unpacked from its jar into a file, and then loaded. */
public final class NativeLibraries {
    /** The directory in which SQLite is unpacked; by default that for temporary files. */
    public static final String SQLITE_DIRECTORY = "org.sqlite.tmpdir";

    private static final List<String> DIRECTORIES =
            List.of(SQLITE_DIRECTORY, "io.netty.native.workdir", "ZstdTempFolder");

    private NativeLibraries() {}

    /**
     * Has them unpacked in the working directory if no program can be run in the directory for temporary files: in
     * containers it often is read-only, or mounted with {@code noexec}. Call this before the first of them is loaded.
     */
    public static void chooseDirectory() {
        Path working = Path.of("").toAbsolutePath();
        if (!canRunPrograms(Path.of(System.getProperty("java.io.tmpdir"))) && canRunPrograms(working)) {
            DIRECTORIES.forEach(property -> System.getProperties().putIfAbsent(property, working.toString()));
        }
    }

    private static boolean canRunPrograms(Path directory) {
        try {
            Path file = Files.createTempFile(
                    directory,
                    "decoymx",
                    ".so",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                return Files.isExecutable(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            return false;
        }
    }
}
