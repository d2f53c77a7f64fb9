package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;

/** The class-data archive of the built jar, made by the shipped script, with which most decoys of the tests start. */
final class ClassDataArchive {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private ClassDataArchive() {}

    /**
     * The archive, which is beside the directory of the jar. Test processes that make it at the same time wait for each
     * other.
     */
    static Path of(Path jar) {
        Path app = Objects.requireNonNull(jar.toAbsolutePath().getParent());
        Path archive = app.resolveSibling("classes.jsa");
        try (FileChannel lock = FileChannel.open(
                app.resolveSibling("classes.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            if (!Files.exists(archive)
                    || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0) {
                make(app, archive);
            }
            return archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void make(Path app, Path archive) {
        Path java = Path.of(System.getProperty("java.home"), "bin");
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                "env",
                "PATH=" + java + ":" + System.getenv("PATH"),
                "deploy/class-data",
                app.toString(),
                archive.toString());
        assertThat(run.code()).as(run.output()).isZero();
    }
}
