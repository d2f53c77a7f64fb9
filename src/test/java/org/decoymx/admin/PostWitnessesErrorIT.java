package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.admin.PostWitnessesRun.report;
import static org.decoymx.admin.PostWitnessesRun.visit;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** post-witnesses fails, with one line, when a visit may be missing at the decoy. */
class PostWitnessesErrorIT {
    private final PostWitnessesRun script = new PostWitnessesRun();

    @AfterEach
    void close() {
        script.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 413, 500, 503})
    void rejectedReport_isSentByTheNextRun(int status) throws IOException {
        script.append(visit(1));
        script.answerWith(status);
        script.assertFails("/witnesses: HTTP status " + status + ": not now");
        script.append(visit(2));
        script.answerWith(200);
        assertThat(script.report()).containsExactly(report(1), report(2));
    }

    @Test
    void unreachableDecoy_isAnError() throws IOException {
        script.append(visit(1));
        script.stopServer();
        script.assertFails("http://127.0.0.1:");
    }

    @Test
    void linesThatAreNotAccepted_areAnErrorOnce() throws IOException {
        String ahead = Instant.now().plusSeconds(600).toString();
        script.append(visit(1) + visit(ahead, "192.0.2.2") + visit(3));
        script.assertFails("the decoy did not accept 1 of 3 lines; line 2: the time is in the future");
        assertThat(script.takeLines()).hasSize(3);
        assertThat(script.report()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2024-05-01 10:00:00 mx1 postfix/smtpd[1]: disconnect from a.example[192.0.2.1]\n",
                "2024-05-01T10:00:00Z mx1 postfix/smtpd 1 - - disconnect from a.example[192.0.2.1]\n",
                "postfix/smtpd[1]: disconnect from a.example[192.0.2.1]\n",
                "\u0000\u0001\u0002\n",
                "\n\n\n"
            })
    void unknownFormat_isAnError(String line) throws IOException {
        script.append(visit(1));
        assertThat(script.report()).hasSize(1);
        script.append(line);
        script.assertFails("new lines begins with a known time, a host and a program");
        script.append(line + visit(2));
        assertThat(script.report()).containsExactly(report(2));
    }

    @Test
    void logWithoutPostfix_isAnErrorAfterAWhile() throws IOException {
        String foreign = "2024-05-01T10:00:00Z mx1 cron[1]: (root) CMD (true)\n";
        script.append(foreign.repeat(600));
        assertThat(script.report()).isEmpty();
        script.append(foreign.repeat(600));
        script.assertFails("no line of Postfix among the last 1200 lines");
        script.append(visit(1));
        assertThat(script.report()).containsExactly(report(1));

        // less than a day
        script.append(foreign.replace("T10", "T23").repeat(1_200));
        assertThat(script.report()).isEmpty();
        script.append(foreign.replace("05-01", "05-03"));
        script.assertFails("no line of Postfix among the last 1201 lines");
    }

    @Test
    void veryLongLine_isPassedOver() throws IOException {
        script.append(visit(1) + "2024-05-01T10:00:00Z mx1 postfix/smtpd[1]: " + "x".repeat(1_000_000));
        assertThat(script.report()).containsExactly(report(1));
        script.append("\n" + visit(2));
        assertThat(script.report()).containsExactly(report(2));
    }

    @Test
    void missingLog_isAnError() throws IOException {
        script.assertFails("mail.log: No such file or directory");
    }

    @Test
    void damagedState_isAnError() throws IOException {
        script.append(visit(1));
        assertThat(script.report()).hasSize(1);
        Files.writeString(
                script.logDirectory().resolveSibling("state").resolve("state"), "post-witnesses 1 0 0 0 0\nfi");
        script.assertFails("is not valid; remove it");
    }
}
