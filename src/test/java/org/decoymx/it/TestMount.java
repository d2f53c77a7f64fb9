package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A file system for a single test, which can be filled up or made read-only. Closing it unmounts it. */
final class TestMount implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int BLOCK_SIZE = 4_096;

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
     * @param size such as {@code 3m}
     */
    static TestMount tmpfs(String size) {
        return new TestMount("-t", "tmpfs", "-o", "size=" + size, "tmpfs");
    }

    /** A bind mount of a directory, which can be made read-only without changing the directory itself. */
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

    /** Uses up all free space. */
    void fillUp() {
        try (OutputStream filler =
                Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (Files.getFileStore(dir).getUsableSpace() > 0) {
                filler.write(new byte[BLOCK_SIZE]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    /** Frees the space that {@link #fillUp} used. */
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
