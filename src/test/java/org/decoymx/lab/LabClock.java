package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.RealProgram;

/**
 * The clock of the decoy and of each Exim: that of the machine, and the seconds in a file. A library that is loaded
 * before the C library adds them. The monotonic clock is not changed, so timeouts of the programs do not depend on it.
 */
public final class LabClock {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SOURCE = "src/test/resources/lab/clock.c";

    private final Path file;
    private final Path library;
    private Duration ahead = Duration.ZERO;

    /**
     * A clock that is right.
     *
     * @param dir gets the file and the library
     */
    public LabClock(Path dir) {
        file = dir.resolve("clock");
        library = dir.resolve("clock.so");
        CompletedProgram gcc = CompletedProgram.run(
                LIMIT, RealProgram.require("gcc"), "-shared", "-fPIC", "-O2", "-o", library.toString(), SOURCE, "-ldl");
        assertThat(gcc.code()).as(gcc.output()).isZero();
        write();
    }

    private void write() {
        ByteBuffer seconds = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(ahead.toSeconds())
                .flip();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(seconds, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The variables with which a program has this clock. */
    public Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "LAB_CLOCK", file.toString());
    }

    /** The time now. */
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    /** Sets the clock ahead, or back, by full seconds. */
    public void advance(Duration time) {
        ahead = ahead.plus(time);
        write();
    }
}
