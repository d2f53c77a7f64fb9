package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A file system of the test's own, which may fill up and be made read-only; it is gone when the test is over. */
final class TestMount implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int BLOCK = 4_096;

    private final Path dir = TestResources.createDirectory("mount");

    private TestMount(String... options) {
        String[] command = new String[options.length + 2];
        command[0] = RealProgram.require("mount");
        System.arraycopy(options, 0, command, 1, options.length);
        command[options.length + 1] = dir.toString();
        CompletedProgram run = CompletedProgram.run(LIMIT, command);
        RealProgram.requireCondition(run.code() == 0, "cannot mount: " + run.output());
    }

    /**
     * A file system in memory.
     *
     * @param size as {@code 3m}
     */
    static TestMount tmpfs(String size) {
        return new TestMount("-t", "tmpfs", "-o", "size=" + size, "tmpfs");
    }

    /** A directory that is seen at a second place too, where it can be made read-only. */
    static TestMount bind(Path source) {
        return new TestMount("--bind", source.toString());
    }

    Path dir() {
        return dir;
    }

    void makeReadOnly() {
        remount("ro");
    }

    void makeWritable() {
        remount("rw");
    }

    private void remount(String mode) {
        CompletedProgram run = CompletedProgram.run(LIMIT, "mount", "-o", "remount,bind," + mode, dir.toString());
        assertThat(run.code()).as(run.output()).isZero();
    }

    private Path filler() {
        return dir.resolve("filler");
    }

    /** Takes all the space that is left. */
    void fillUp() {
        try (OutputStream filler =
                Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (Files.getFileStore(dir).getUsableSpace() > 0) {
                filler.write(new byte[BLOCK]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    /** Gives back what {@link #fillUp} has taken. */
    void freeSpace() {
        try {
            Files.delete(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        CompletedProgram run = CompletedProgram.run(LIMIT, "umount", "--lazy", dir.toString());
        assertThat(run.code()).as(run.output()).isZero();
        TestResources.delete(dir);
    }
}
