package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.regex.Pattern;
import org.decoymx.smtp.protocol.SessionFacts;
import org.jspecify.annotations.Nullable;

/** A connection to a decoy, with or without a socket. */
interface SmtpPeer {
    Pattern REPLY_LINE = Pattern.compile("[2-5][0-5][0-9](?:[ -][\\t -~]*)?");
    int MAX_REPLY_LINE = 510;

    /** Sends octets, one char for each octet. */
    void send(String octets);

    /** Reads the next reply line without CRLF; null if the decoy has closed the connection. */
    @Nullable
    String readLine();

    /** Does the TLS handshake. */
    void startTls();

    /** Asserts that the decoy has sent nothing more, disconnects, and returns the facts of the session. */
    SessionFacts disconnect();

    /** Reads the next line, and asserts that it is a valid reply line. */
    default String readReplyLine() {
        String line = Objects.requireNonNullElse(readLine(), "(closed)");
        assertThat(line).matches(REPLY_LINE).hasSizeLessThanOrEqualTo(MAX_REPLY_LINE);
        return line;
    }

    /** Reads the next complete reply, and asserts that all its lines have this code. */
    default void expectReply(int code) {
        String line;
        do {
            line = readReplyLine();
            assertThat(line).startsWith(String.valueOf(code));
        } while (line.startsWith("-", 3));
    }

    /** Plays a dialogue. */
    default void play(DialogueFile dialogue) {
        for (DialogueFile.Step step : dialogue.steps()) {
            if (step instanceof DialogueFile.Step.Send send) {
                send(send.octets());
            } else if (step instanceof DialogueFile.Step.Expect expect) {
                assertThat(readReplyLine()).matches(expect::matches, "as in '" + expect.pattern() + "'");
            } else if (step instanceof DialogueFile.Step.ExpectReplies replies) {
                for (int i = 0; i < replies.count(); i++) {
                    expectReply(replies.code());
                }
            } else if (step instanceof DialogueFile.Step.Tls) {
                startTls();
            } else {
                assertThat(readLine()).as("the decoy closes").isNull();
            }
        }
    }
}
