package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What post-witnesses reports of recorded log lines, and when. */
class PostWitnessesIT {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private static final Pattern CONNECTION = Pattern.compile(
            "(?<!/submission|/submissions|/smtps)/(?:smtpd|postscreen)\\[\\d+]: (?:connect|CONNECT) from "
                    + "[^ \\[]*\\[([0-9a-f.:]+)](?!.* to .*:587$)");

    private final PostWitnessesRun script = new PostWitnessesRun();

    @AfterEach
    void close() {
        script.close();
    }

    static List<Path> recordedLogs() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/witness"))) {
            return files.sorted().toList();
        }
    }

    /** Lines that begin with {@code ->} are those of the report, in this order. */
    @ParameterizedTest
    @MethodSource("recordedLogs")
    void recordedLines_areReported(Path file) throws IOException {
        List<String> text = readLines(file);
        for (String line : text) {
            if (!line.startsWith("-> ")) {
                script.append(line + "\n");
            }
        }
        assertThat(script.report())
                .containsExactlyElementsOf(text.stream()
                        .filter(line -> line.startsWith("-> "))
                        .map(line -> line.substring(3))
                        .toList());
    }

    private static List<String> readLines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /** A sender that is put off comes to the decoy within seconds, so that no run may wait for the end of a session. */
    @ParameterizedTest
    @MethodSource("recordedLogs")
    void client_isReportedByTheRunAfterItsConnection(Path file) throws IOException {
        for (String line : readLines(file)) {
            script.append(line + "\n");
            Matcher connection = CONNECTION.matcher(line);
            if (connection.find()) {
                assertThat(script.report()).as(line).anyMatch(visit -> visit.startsWith(connection.group(1) + " "));
            }
        }
    }

    @Test
    void sessionAndMessage_areFollowedFromRunToRun() throws IOException {
        Instant start = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        String prefix = start + " mx1 postfix/";
        script.append(prefix + "smtpd[1]: connect from a.example[192.0.2.1]\n");
        assertThat(script.report()).containsExactly("192.0.2.1 " + start);
        script.append(prefix + "smtpd[1]: ABCDEF1234: client=a.example[192.0.2.1]\n");
        assertThat(script.report()).isEmpty();
        script.append(prefix + "qmgr[2]: ABCDEF1234: from=<>, size=300, nrcpt=1 (queue active)\n");
        assertThat(script.report()).isEmpty();
        script.append(prefix + "smtpd[1]: disconnect from a.example[192.0.2.1] mail=1 rcpt=1 data=1 quit=1\n");
        assertThat(script.report()).isEmpty();
        String delivery = prefix + "local[3]: ABCDEF1234: to=<u@example.org>, relay=local, status=";
        script.append(delivery + "deferred (disk full)\n");
        assertThat(script.report()).containsExactly("192.0.2.1 " + start + " from= to=u@example.org result=accepted");
        script.append(delivery + "sent (delivered to mailbox)\n" + prefix + "qmgr[2]: ABCDEF1234: removed\n");
        assertThat(script.report()).isEmpty();
    }

    @Test
    void messageThatIsNotDelivered_isReportedAtOnce() throws IOException {
        Instant start = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        String prefix = start + " mx1 postfix/";
        script.append(prefix + "smtpd[1]: connect from a.example[192.0.2.1]\n" + prefix
                + "smtpd[1]: ABCDEF1234: client=a.example[192.0.2.1]\n" + prefix
                + "qmgr[2]: ABCDEF1234: from=<>, size=300, nrcpt=1 (queue active)\n" + prefix
                + "smtpd[1]: disconnect from a.example[192.0.2.1] mail=1 rcpt=1 data=1 quit=1\n");
        assertThat(script.report()).containsExactly("192.0.2.1 " + start);
        script.append(prefix + "local[3]: ABCDEF1234: to=<u@example.org>, relay=local, status=sent (delivered)\n");
        assertThat(script.report()).containsExactly("192.0.2.1 " + start + " from= to=u@example.org result=accepted");
    }

    @Test
    void sessionThatDoesNotEnd_isReportedOnce() throws IOException {
        Instant start = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        script.append(start + " mx1 postfix/smtpd[1]: connect from a.example[192.0.2.1]\n");
        assertThat(script.report()).containsExactly("192.0.2.1 " + start);
        assertThat(script.report()).isEmpty();
        script.append(start + " mx1 postfix/smtpd[1]: disconnect from a.example[192.0.2.1] ehlo=1 commands=1\n");
        assertThat(script.report()).isEmpty();
    }

    /** The zone sets its clocks back by an hour half an hour ago: the hour until then is doubled. */
    @Test
    void traditionalTime_inTheDoubledHour_isToldApart() throws IOException {
        Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        Instant change = now.minusSeconds(1_800);
        String rule = DateTimeFormatter.ofPattern("D/HH:mm:ss")
                .withZone(ZoneOffset.ofHours(1))
                .format(change);
        String zone = "TZ=XST0XDT-1,0/0," + (Integer.parseInt(rule.substring(0, rule.indexOf('/'))) - 1)
                + rule.substring(rule.indexOf('/'));
        Instant summer = change.minusSeconds(600);
        Instant winter = change.plusSeconds(1_200);
        script.append(PostWitnessesRun.visit(STAMP.format(summer.plusSeconds(3_600)), "192.0.2.1")
                + PostWitnessesRun.visit(STAMP.format(winter), "192.0.2.2"));
        assertThat(script.report("env", zone)).containsExactly("192.0.2.1 " + summer, "192.0.2.2 " + winter);
        script.append(PostWitnessesRun.visit(STAMP.format(now), "192.0.2.3"));
        assertThat(script.report("env", zone)).containsExactly("192.0.2.3 " + now);
    }

    @Test
    void traditionalTime_isLocal_andNotInTheFuture() throws IOException {
        Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        Instant tomorrow = now.plusSeconds(2 * 86_400);
        script.append(PostWitnessesRun.visit(STAMP.format(now.plusSeconds(2 * 3_600)), "192.0.2.1"));
        assertThat(script.report("env", "TZ=XST-2")).containsExactly("192.0.2.1 " + now);
        script.append(PostWitnessesRun.visit(STAMP.format(tomorrow), "192.0.2.2"));
        assertThat(script.report("env", "TZ=UTC0")).singleElement().satisfies(line -> assertThat(
                        Instant.parse(line.substring(line.indexOf(' ') + 1)))
                .isBefore(now));
    }

    @Test
    void longLog_isReportedInParts() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 60_000; i++) {
            text.append(PostWitnessesRun.visit(
                    "2024-05-01T10:00:00Z", "10." + (i >> 16) + "." + (i >> 8 & 0xff) + "." + (i & 0xff)));
        }
        script.append(text.toString());
        assertThat(script.report()).hasSize(60_000).doesNotHaveDuplicates();
        assertThat(script.report()).isEmpty();
    }
}
