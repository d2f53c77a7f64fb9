package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demonstration of deploy/demo, with the programs that it names. */
class DemoIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String DEMO =
            Path.of("deploy/demo/run").toAbsolutePath().toString();
    private static final String APPLICATION = Path.of(
                    System.getProperty("decoymx.jar", "target/quarkus-app/quarkus-run.jar"))
            .toAbsolutePath()
            .resolveSibling("")
            .toString();

    private final Path dir = TestResources.createDirectory("demo");

    @BeforeEach
    void requirePrograms() {
        RealProgram.requireRoot();
        Stream.of("postfix", "rspamd", "postgrey", "unbound", "swaks", "ip", "unshare", "nsenter", "curl")
                .forEach(RealProgram::require);
    }

    @AfterEach
    void deleteDirectory() {
        TestResources.delete(dir);
    }

    private CompletedProgram run(Duration limit, String... command) {
        List<String> environment = List.of("env", "TMPDIR=" + dir, "DEMO_LIMIT=" + limit.toSeconds());
        return CompletedProgram.run(
                LIMIT, Stream.concat(environment.stream(), Stream.of(command)).toArray(String[]::new));
    }

    /** postgrey names a file in the directory on its command line; all programs end together. */
    private void assertNothingLeft() {
        assertThat(dir).isEmptyDirectory();
        assertThat(ProcessHandle.allProcesses()
                        .filter(ProcessHandle::isAlive)
                        .flatMap(process -> process.info().commandLine().stream())
                        .filter(line -> line.contains(dir.toString())))
                .isEmpty();
    }

    @Test
    void eachStep_isSeen_andNothingIsLeft() {
        CompletedProgram run = run(LIMIT.minusMinutes(1), DEMO, APPLICATION);
        assertThat(run.code()).as(run.output()).isZero();
        assertThat(run.output().lines().map(line -> line.replaceFirst("^ *\\d+ s  ", "")))
                .containsSubsequence(
                        "mx9 to 203.0.113.66: 451 4.7.1 try again later",
                        "=> CAUGHT: the decoy lists 203.0.113.66 as a suspect",
                        "=> DEFERRED: Postfix on mx1 has asked the decoy about it",
                        "rspamd, which reads the list, on a message from there: DECOY_SUSPECT (4.00)[203.0.113.66]",
                        "=> COMING AGAIN with other messages, while it abandoned the first: it is confirmed",
                        "rspamd on a message from there: DECOY_CONFIRMED (18.00)[203.0.113.66]",
                        "=> REJECTED: it has abandoned what mx1 deferred, too",
                        "=> GREYLISTED: mx1 says 450 to 198.51.100.25, and its Postfix goes on to mx9 at once",
                        "=> NOT CAUGHT: the decoy knows from mx1 that it was just put off there",
                        "=> DELIVERED by its retry at mx1",
                        "=> CAUGHT: the decoy lists 198.51.100.25 as a suspect",
                        "=> DEFERRED ONCE: mx1 accepts the retry, which shows a real mail server",
                        "=> CLEARED by its retry: it is not on the list any more",
                        "=> DELIVERED: both messages are in the mailbox, and none bounced");
        assertThat(run.output())
                .contains("mx1 to 203.0.113.66: 450 4.7.1 ", "mx1 to 203.0.113.66: 554 5.7.1 ")
                .containsPattern("\nAll of this was seen, in \\d+ s\\.\n$");
        assertNothingLeft();
    }

    @Test
    void whatIsNotSeenInTime_isNamed_andNothingIsLeft() {
        CompletedProgram run = run(Duration.ofSeconds(5), DEMO, APPLICATION);
        assertThat(run.code()).as(run.output()).isEqualTo(1);
        assertThat(run.output()).containsPattern("\nNot seen: .*, within 5 s\n$");
        assertNothingLeft();
    }

    @Test
    void whatIsMissing_isNamed_withItsPackage() throws Exception {
        Path bash = Path.of(RealProgram.require("bash"));
        Path missing = dir.resolve("missing");
        CompletedProgram run = run(
                LIMIT,
                "PATH=" + missing,
                bash.toString(),
                DEMO,
                Files.createDirectory(missing).toString());
        assertThat(run.code()).as(run.output()).isEqualTo(2);
        assertThat(run.output())
                .contains(
                        "java is not installed: apt-get install openjdk-17-jre-headless\n",
                        "swaks is not installed: apt-get install swaks\n",
                        missing + "/quarkus-run.jar: no such file");
    }

    @Test
    void scripts_areCleanForShellcheck() {
        CompletedProgram run = CompletedProgram.run(LIMIT, RealProgram.require("shellcheck"), "-x", DEMO);
        assertThat(run.output()).isEmpty();
    }
}
