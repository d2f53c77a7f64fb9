package org.decoymx.admin.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.decoymx.admin.notify.NotifyConfig.EventKind;
import org.decoymx.admin.notify.SenderNotifications.SenderDetail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs real programs. */
class CommandDeliveryTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    private Path dir;

    private void run(String script, Duration maxTime, Notification notification) throws Exception {
        Path file = Files.writeString(dir.resolve("script"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command = CommandFormat.split(file + " one  'two");
        new CommandDelivery(command, new ObjectMapper(), maxTime).deliver(notification);
    }

    private static Notification largest() {
        String url = "https://" + "x".repeat(110) + "/senders/2001:db8:1111:2222:3333:4444:5555:6666";
        SenderDetail detail = new SenderDetail(
                "2001:db8:1111:2222:3333:4444:5555:6666",
                "confirmed",
                "cleared",
                "2026-11-27T05:00:00Z",
                "2026-11-27T05:00:00Z",
                "2001:db8:1111:2222:3333:4444:5555:6666",
                url);
        return new Notification(
                "id",
                EventKind.SENDERS,
                "seen",
                Instant.EPOCH,
                "mx9.example.org",
                "$(touch x) `touch x` <script>",
                Collections.nCopies(SenderNotifications.MAX_DETAILS, detail),
                0,
                0);
    }

    @Test
    void command_getsTheEvent_andNoOtherVariable() throws Exception {
        run("cd '" + dir + "'; cat > in; env > env; printf '%s|' \"$@\" > args", LONG, largest());
        String json = Files.readString(dir.resolve("in"));
        assertThat(new ObjectMapper().readTree(json).path("details")).hasSize(SenderNotifications.MAX_DETAILS);
        // fits into a pipe, so that a command that does not read it does not wait
        assertThat(json.length()).isLessThan(65_536);
        assertThat(Files.readString(dir.resolve("args"))).isEqualTo("one|'two|");
        assertThat(Files.readAllLines(dir.resolve("env")))
                .contains(
                        "DECOY_EVENT=senders",
                        "DECOY_EVENT_STATE=seen",
                        "DECOY_EVENT_ID=id",
                        "DECOY_EVENT_TEXT=$(touch x) `touch x` <script>")
                .allMatch(
                        line -> line.matches("(PATH|HOME|LANG|LC_ALL|TZ|TMPDIR|PWD|OLDPWD|SHLVL|_|DECOY_EVENT.*)=.*"));
        assertThat(dir.resolve("x")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 3", "cat > /dev/null; echo broken; exit 3", "yes broken | head -c 1000000; exit 3"})
    void commandThatFails_isTriedAgain(String script) {
        DeliveryException failure = catchThrowableOfType(
                DeliveryException.class, () -> run(script, LONG, OutboxTest.notification(EventKind.DISK, "a")));
        assertThat(failure).hasMessageStartingWith("the command ended with 3: ");
        assertThat(failure.getMessage()).hasSizeLessThan(400).doesNotContain("\n");
        assertThat(failure.isRefused()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep 1000", "sleep 1000 & wait", "trap '' TERM; while :; do sleep 1; done", "yes"})
    void commandThatDoesNotEnd_isKilled(String script) {
        assertThatThrownBy(() -> run("echo $$ > '" + dir.resolve("pid") + "'; " + script, SHORT, largest()))
                .hasMessage("the command did not end within 1 s");
        assertThat(dir.resolve("pid"))
                .satisfies(file -> assertThat(ProcessHandle.of(pid(file))).isEmpty());
    }

    private static long pid(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Its output stays open, but is not waited for. */
    @Test
    void processLeftBehind_isNotWaitedFor() throws Exception {
        run("(sleep 60 & echo $! > '" + dir.resolve("pid") + "')", LONG, largest());
        ProcessHandle left = ProcessHandle.of(pid(dir.resolve("pid"))).orElseThrow();
        assertThat(left.destroyForcibly()).isTrue();
    }

    @Test
    void commandThatIsGone_isReported() {
        CommandDelivery delivery =
                new CommandDelivery(List.of(dir.resolve("gone").toString()), new ObjectMapper(), LONG);
        assertThatThrownBy(() -> delivery.deliver(OutboxTest.notification(EventKind.DISK, "a")))
                .isInstanceOf(DeliveryException.class)
                .hasMessageStartingWith("the command cannot be run: ");
    }

    @Test
    void formats_acceptWhatCanWork() {
        CommandFormat command = new CommandFormat();
        assertThat(command.accepts("/bin/sh -c true")).isTrue();
        assertThat(List.of("sh", "/bin", "/no/such/file", "/etc/passwd", "/bin/sh\n-c", ""))
                .noneMatch(command::accepts);
        WebhookUrlFormat url = new WebhookUrlFormat();
        assertThat(List.of("https://hooks.example.org/decoy?a=b", "http://[2001:db8::1]:8080/x", "http://192.0.2.1"))
                .allMatch(url::accepts);
        assertThat(List.of(
                        "ftp://example.org/",
                        "https:///x",
                        "https://user:password@example.org/",
                        "https://example.org/#x",
                        "https://example.org:0/",
                        "https://example.org:65536/",
                        "https://ex\u00e4mple.org/",
                        "https://example.org/" + "x".repeat(500)))
                .noneMatch(url::accepts);
    }
}
