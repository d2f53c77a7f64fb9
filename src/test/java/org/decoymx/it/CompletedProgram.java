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
 * The result of a program that has exited.
 *
 * @param code the exit code
 * @param output the standard output and standard error
 */
public record CompletedProgram(int code, String output) {

    /** Runs a program without input. The test fails if it does not exit within the limit. */
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
        return fail(name + " did not exit within " + limit);
    }

    /** Reads a file as ISO 8859-1, one character for each octet. */
    public static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Counts the matches of a regular expression in the output. */
    public long countMatches(String regex) {
        return Pattern.compile(regex).matcher(output).results().count();
    }
}
