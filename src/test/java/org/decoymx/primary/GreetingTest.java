package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.decoymx.primary.Greeting.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GreetingTest {
    private final Greeting greeting = new Greeting();

    private State take(String text) {
        return greeting.take(text.getBytes(StandardCharsets.ISO_8859_1));
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
    void complete220_isGood_howeverItIsCut(String text) {
        assertThat(take(text)).isEqualTo(State.GOOD);
        Greeting slow = new Greeting();
        State state = State.WAITING;
        for (byte octet : text.getBytes(StandardCharsets.US_ASCII)) {
            state = slow.take(new byte[] {octet});
        }
        assertThat(state).isEqualTo(State.GOOD);
        assertThat(slow.words()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "220", "220 mx1", "220 mx1\r", "220-wait\r\n", "220-wait\r\n220-wait\r\n220 mx1"})
    void unfinished_isWaitedFor(String text) {
        assertThat(take(text)).isEqualTo(State.WAITING);
    }

    @ParameterizedTest
    @CsvSource({
        "'421 too busy', it greets with '421 too busy'",
        "'554-no', it greets with '554-no'",
        "'220-wait|421 4.3.2 down', it greets with '421 4.3.2 down'",
        "'250 hello', it greets with '250 hello'",
        "'', it speaks no SMTP: ''",
        "'HTTP/1.1 400 Bad Request', it speaks no SMTP: 'HTTP/1.1 400 Bad Request'",
        "'2201 odd', it speaks no SMTP: '2201 odd'"
    })
    void anythingElse_isBad_withWords(String lines, String words) {
        assertThat(take(lines.replace("|", "\r\n") + "\r\n")).isEqualTo(State.BAD);
        assertThat(greeting.words()).isEqualTo(words);
    }

    @Test
    void whatIsNotPrintable_isNotShown_norAllOfALongLine() {
        take("421 \u001b[31m\u00e4\u0000" + "x".repeat(500) + "\r\n");
        assertThat(greeting.words())
                .contains("421 ?[31m??xxx")
                .endsWith("x...'")
                .hasSizeLessThan(150);
    }

    @Test
    void endlessLine_andEndlessLines_areBad() {
        assertThat(take("220-" + "x".repeat(2_044) + "\r\n")).isEqualTo(State.BAD);
        Greeting lines = new Greeting();
        assertThat(lines.take("220-x\r\n".repeat(49).getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(State.WAITING);
        assertThat(lines.take("220-x\r\n".getBytes(StandardCharsets.US_ASCII))).isEqualTo(State.BAD);
        assertThat(lines.words()).contains("50 lines");
    }
}
