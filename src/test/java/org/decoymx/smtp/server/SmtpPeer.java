package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.regex.Pattern;
import org.decoymx.smtp.protocol.SessionFacts;
import org.jspecify.annotations.Nullable;

/** A decoy as a client sees it, with or without a socket between. */
interface SmtpPeer {
    Pattern REPLY_LINE = Pattern.compile("[2-5][0-5][0-9](?:[ -][\\t -~]*)?");
    int MAX_REPLY_LINE = 510;

    /** Sends octets, each one char. */
    void send(String octets);

    /** The next reply line without its CRLF, or null when the decoy has closed. */
    @Nullable
    String line();

    /** Shakes hands. */
    void tls();

    /** Leaves, and tells what was noted; nothing more may have come from the decoy. */
    SessionFacts leave();

    /** The next line, which must be there and a reply's. */
    default String replyLine() {
        String line = Objects.requireNonNullElse(line(), "(closed)");
        assertThat(line).matches(REPLY_LINE).hasSizeLessThanOrEqualTo(MAX_REPLY_LINE);
        return line;
    }

    /** The next whole reply, which must have this code throughout. */
    default void reply(int code) {
        String line;
        do {
            line = replyLine();
            assertThat(line).startsWith(String.valueOf(code));
        } while (line.startsWith("-", 3));
    }

    /** Goes through a dialogue. */
    default void play(DialogueFile script) {
        for (DialogueFile.Step step : script.steps()) {
            if (step instanceof DialogueFile.Step.Send send) {
                send(send.octets());
            } else if (step instanceof DialogueFile.Step.Expect expect) {
                assertThat(replyLine()).matches(expect::matches, "as in '" + expect.pattern() + "'");
            } else if (step instanceof DialogueFile.Step.ExpectReplies replies) {
                for (int i = 0; i < replies.count(); i++) {
                    reply(replies.code());
                }
            } else if (step instanceof DialogueFile.Step.Tls) {
                tls();
            } else {
                assertThat(line()).as("the decoy closes").isNull();
            }
        }
    }
}
