package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.decoymx.primary.ReplyParser.ReplyState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyParserTest {
    private final ReplyParser greeting = new ReplyParser("greeting", "220");

    private ReplyState append(String text) {
        return greeting.append(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "220 mx1.example.org ESMTP\r\n",
                "220-wait\r\n220 mx1.example.org\r\n",
                "220-wait\r\n220-wait\r\n220\r\n",
                "220 bare newline\n",
                "220\r\n",
                "220 then more\r\n500 odd\r\n"
            })
    void completeReply220_isAccepted_inAnyChunks(String text) {
        assertThat(append(text)).isEqualTo(ReplyState.ACCEPTED);
        ReplyParser slow = new ReplyParser("greeting", "220");
        ReplyState state = ReplyState.INCOMPLETE;
        for (byte octet : text.getBytes(StandardCharsets.US_ASCII)) {
            state = slow.append(new byte[] {octet});
        }
        assertThat(state).isEqualTo(ReplyState.ACCEPTED);
        assertThat(slow.error()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "220", "220 mx1", "220 mx1\r", "220-wait\r\n", "220-wait\r\n220-wait\r\n220 mx1"})
    void partialGreeting_isIncomplete(String text) {
        assertThat(append(text)).isEqualTo(ReplyState.INCOMPLETE);
    }

    @ParameterizedTest
    @CsvSource({
        "'421 too busy', unexpected greeting: '421 too busy'",
        "'554-no', unexpected greeting: '554-no'",
        "'220-wait|421 4.3.2 down', unexpected greeting: '421 4.3.2 down'",
        "'250 hello', unexpected greeting: '250 hello'",
        "'', not an SMTP greeting: ''",
        "'HTTP/1.1 400 Bad Request', not an SMTP greeting: 'HTTP/1.1 400 Bad Request'",
        "'2201 odd', not an SMTP greeting: '2201 odd'"
    })
    void otherGreeting_isRejected_withError(String lines, String error) {
        assertThat(append(lines.replace("|", "\r\n") + "\r\n")).isEqualTo(ReplyState.REJECTED);
        assertThat(greeting.error()).isEqualTo(error);
    }

    @Test
    void quotedGreeting_isPrintableAndTruncated() {
        append("421 \u001b[31m\u00e4\u0000" + "x".repeat(500) + "\r\n");
        assertThat(greeting.error())
                .contains("421 ?[31m??xxx")
                .endsWith("x...'")
                .hasSizeLessThan(150);
    }

    @Test
    void tooLongLine_andTooManyLines_areRejected() {
        assertThat(append("220-" + "x".repeat(2_044) + "\r\n")).isEqualTo(ReplyState.REJECTED);
        ReplyParser lines = new ReplyParser("greeting", "220");
        assertThat(lines.append("220-x\r\n".repeat(49).getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(ReplyState.INCOMPLETE);
        assertThat(lines.append("220-x\r\n".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(ReplyState.REJECTED);
        assertThat(lines.error()).contains("50 lines");
    }
}
