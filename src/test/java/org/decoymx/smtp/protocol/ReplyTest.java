package org.decoymx.smtp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReplyTest {

    @Test
    void reply_ofOneLine_endsWithCrlf() {
        assertThat(Reply.of(250, "2.0.0", "ok")).hasToString("250 2.0.0 ok\r\n");
        assertThat(Reply.of(220, "", "ok").code()).isEqualTo(220);
    }

    @Test
    void reply_ofSeveralLines_hasCodesInEachLine() {
        assertThat(Reply.of(214, "2.0.0", "a\nb\n")).hasToString("214-2.0.0 a\r\n214-2.0.0 b\r\n214 2.0.0 \r\n");
    }

    @Test
    void reply_withNonPrintableCharacters_hasQuestionMarks() {
        assertThat(Reply.of(500, "", "a\rb\0c\u001b\u00e9\u2028\t")).hasToString("500 a?b?c????\r\n");
    }

    @Test
    void reply_tooLong_isTruncatedTo512Octets() {
        assertThat(Reply.of(250, "", "x".repeat(506)).octets()).hasSize(512);
        assertThat(Reply.of(250, "", "x".repeat(507)).octets()).hasSize(512);
        assertThat(Reply.of(250, "", "x".repeat(9_999))).asString().endsWith("x\r\n");
    }

    @Test
    void greeting_delayed_hasNoLastLine() {
        assertThat(Reply.greetingFirstLine(220, "a\nb")).hasToString("220-a\r\n220-b\r\n");
    }

    @Test
    void replyTexts_all_neverAcceptAMessage() {
        assertThat(ReplyText.values()).noneMatch(text -> text.code() / 100 == 3);
        assertThat(Stream.of(ReplyText.values()).filter(text -> text.code() == 451))
                .containsExactly(ReplyText.TRY_LATER);
        assertThat(ReplyText.values())
                .filteredOn(text -> !text.enhancedStatusCode().isEmpty())
                .allMatch(text -> text.enhancedStatusCode().charAt(0)
                        == Integer.toString(text.code()).charAt(0));
    }

    @Test
    void text_nonPrintable_isEscapedAndTruncated() {
        assertThat(OctetStrings.escapeNonPrintable("a\r\n\u001b\u00ff", 100)).isEqualTo("a\\x0d\\x0a\\x1b\\xff");
        assertThat(OctetStrings.escapeNonPrintable(" ~\u007f\u001f", 100)).isEqualTo(" ~\\x7f\\x1f");
        assertThat(OctetStrings.isPrintable(" ~")).isTrue();
        assertThat(OctetStrings.isAscii("\u007f")).isTrue();
        assertThat(OctetStrings.isAscii("\u0080")).isFalse();
        assertThat(OctetStrings.escapeNonPrintable("\u00ff".repeat(300), 255)).hasSize(255);
        assertThat(OctetStrings.escapeNonPrintable("x".repeat(300), 255)).hasSize(255);
    }
}
