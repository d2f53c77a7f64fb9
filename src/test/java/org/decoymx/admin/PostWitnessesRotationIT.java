package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.admin.PostWitnessesRun.report;
import static org.decoymx.admin.PostWitnessesRun.visit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.RealProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** post-witnesses reads each line once, whatever log rotation does with the file. */
class PostWitnessesRotationIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final PostWitnessesRun script = new PostWitnessesRun();

    @BeforeEach
    void writeFirstLine() throws IOException {
        script.append(visit(1));
        assertThat(script.report()).containsExactly(report(1));
        script.append(visit(2));
    }

    @AfterEach
    void close() {
        script.close();
    }

    private Path rotated(String name) throws IOException {
        return script.logDirectory().resolve(name);
    }

    @ParameterizedTest
    @CsvSource({"mail.log.1", "mail.log-20240501", "mail-20240501.log", "2024-05-01", "mail.log.0"})
    void renamedLog_isFinished(String name) throws IOException {
        Files.move(script.log(), rotated(name));
        script.append(visit(3));
        assertThat(script.report()).containsExactly(report(2), report(3));
        assertThat(script.report()).isEmpty();

        // the logger has not reopened the log yet
        Files.writeString(rotated(name), visit(4), StandardOpenOption.APPEND);
        script.append(visit(5));
        assertThat(script.report()).containsExactly(report(4), report(5));
    }

    @Test
    void renamedLog_withoutANewOne_isFinished() throws IOException {
        Files.move(script.log(), rotated("mail.log.1"));
        assertThat(script.report()).containsExactly(report(2));
        script.append(visit(3));
        assertThat(script.report()).containsExactly(report(3));
    }

    @Test
    void incompleteLine_isReadWhenItIsComplete() throws IOException {
        String line = visit(3);
        script.append(line.substring(0, 40));
        assertThat(script.report()).containsExactly(report(2));
        script.append(line.substring(40));
        assertThat(script.report()).containsExactly(report(3));
    }

    @Test
    void truncatedLog_isReadFromItsCopy() throws IOException {
        Files.copy(script.log(), rotated("mail.log.1"));
        Files.writeString(script.log(), "");
        script.append(visit(3) + visit(4) + visit(5));
        assertThat(script.report()).containsExactly(report(2), report(3), report(4), report(5));
        assertThat(script.report()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"gzip, gz", "xz, xz", "zstd, zst"})
    void compressedLog_isFinished(String program, String suffix) throws IOException {
        compress(program);
        script.append(visit(3));
        assertThat(script.report()).containsExactly(report(2), report(3));
        assertThat(Files.exists(rotated("mail.log.1." + suffix))).isTrue();
        assertThat(script.report()).isEmpty();
    }

    private void compress(String program) throws IOException {
        Files.move(script.log(), rotated("mail.log.1"));
        CompletedProgram run = CompletedProgram.run(
                LIMIT, RealProgram.require(program), rotated("mail.log.1").toString());
        assertThat(run.code()).as(run.output()).isZero();
        Files.deleteIfExists(rotated("mail.log.1"));
    }

    @Test
    void compressedLog_withoutTheProgram_isAnError() throws IOException {
        compress("xz");
        script.append(visit(3));
        Path programs = Files.createDirectory(script.logDirectory().resolve("programs"));
        for (String name : new String[] {"perl", "curl"}) {
            Files.createSymbolicLink(programs.resolve(name), Path.of(RealProgram.require(name)));
        }
        CompletedProgram run = script.run("env", "PATH=" + programs);
        assertThat(run.output())
                .startsWith("post-witnesses: ")
                .contains("was not found beside it; visits may be missing")
                .hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
        assertThat(script.takeLines()).containsExactly(report(3));
        assertThat(script.report()).isEmpty();
    }

    @Test
    void lostLog_isAnErrorOnce() throws IOException {
        Files.delete(script.log());
        script.append(visit(3));
        script.assertFails("the rest of the rotated file");
        assertThat(script.takeLines()).containsExactly(report(3));
        assertThat(script.report()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "create",
        "copytruncate",
        "compress",
        "compress copytruncate",
        "dateext",
        "dateext compress",
        "extension"
    })
    void logrotate_losesNothing(String options) throws IOException {
        String logrotate = RealProgram.require("logrotate");
        Path configuration = rotated("logrotate.conf");
        Files.writeString(
                configuration,
                script.log() + " {\n  su root root\n  rotate 3\n  "
                        + options.replace(" ", "\n  ").replace("extension", "dateext\n  extension .log") + "\n}\n");
        Files.setPosixFilePermissions(configuration, PosixFilePermissions.fromString("rw-r--r--"));
        CompletedProgram run = CompletedProgram.run(
                LIMIT, logrotate, "-f", "-s", rotated("logrotate.status").toString(), configuration.toString());
        assertThat(run.code()).as(run.output()).isZero();
        script.append(visit(3));
        assertThat(script.report()).containsExactly(report(2), report(3));
        assertThat(script.report()).isEmpty();
    }

    @Test
    void stateOfEarlierVersions_isRead() throws IOException {
        try (PostWitnessesRun other = new PostWitnessesRun()) {
            other.append(visit(1) + visit(2));
            Path state = Files.createDirectory(other.logDirectory().resolveSibling("state"));
            Object inode = Files.getAttribute(other.log(), "unix:ino");
            Files.writeString(state.resolve("position"), inode + " " + visit(1).length() + "\n");
            assertThat(other.report()).containsExactly(report(2));
            Files.move(other.log(), other.logDirectory().resolve("x"), StandardCopyOption.ATOMIC_MOVE);
            other.append(visit(3));
            assertThat(other.report()).containsExactly(report(3));
        }
    }
}
