package org.decoymx.it;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A program that has run to its end.
 *
 * @param code its exit code
 * @param output what it wrote to standard output and standard error
 */
public record CompletedProgram(int code, String output) {

    /** Runs a program; the test fails when it is not over in time. */
    public static CompletedProgram run(Duration limit, String... command) {
        try {
            Path output = Files.createTempFile("run", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile())
                        .start();
                int code = await(process, limit, command[0]);
                return new CompletedProgram(code, read(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int await(Process process, Duration limit, String name) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return fail(name + " was not over in " + limit);
    }

    /** What was written to a file so far, octet by octet. */
    static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often an expression occurs in the output. */
    public long countMatches(String regex) {
        return Pattern.compile(regex).matcher(output).results().count();
    }
}
