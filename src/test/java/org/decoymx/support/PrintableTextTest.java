package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PrintableTextTest {

    @Test
    void escape_showsControlFormatAndUnassignedCharacters_asCodes() {
        assertThat(PrintableText.escape("a\r\n\t\u001b[31m\u007f\u0085b"))
                .isEqualTo("a\\u000d\\u000a\\u0009\\u001b[31m\\u007f\\u0085b");
        assertThat(PrintableText.escape("\u202eevil\u2066\u200b\u2028\ufeff\ue000\ud800"))
                .isEqualTo("\\u202eevil\\u2066\\u200b\\u2028\\ufeff\\ue000\\ud800");
        assertThat(PrintableText.escape("Müller & Söhne, 東京 😀 \\n")).isEqualTo("Müller & Söhne, 東京 😀 \\n");
    }

    @Test
    void escape_truncates_withAnEllipsis_withinTheLimit() {
        assertThat(PrintableText.escape("x".repeat(100))).isEqualTo("x".repeat(100));
        assertThat(PrintableText.escape("x".repeat(101))).isEqualTo("x".repeat(99) + "…");
        assertThat(PrintableText.escape("abc\u0007", 6)).isEqualTo("abc…");
    }

    @Test
    void toAscii_replacesAllButPrintableAscii_andTruncates() {
        assertThat(PrintableText.toAscii("421 \u001b[31m\u00e4\u0000\r\n\u202e~", 100))
                .isEqualTo("421 ?[31m?????~");
        assertThat(PrintableText.toAscii("x".repeat(100), 100)).isEqualTo("x".repeat(100));
        assertThat(PrintableText.toAscii("x".repeat(101), 100)).isEqualTo("x".repeat(100) + "...");
    }

    @Test
    void join_namesTheFirst_andCountsTheOthers() {
        assertThat(PrintableText.join(List.of("a", "b"), 2)).isEqualTo("a, b");
        assertThat(PrintableText.join(List.of("a", "b", "c", "d"), 2)).isEqualTo("a, b and 2 more");
    }

    @Property
    void escapedText_isBoundedAndPrintable_andUnchangedWhenItAlreadyIs(
            @ForAll String text, @ForAll @IntRange(min = 1, max = 80) int limit) {
        String escaped = PrintableText.escape(text, limit);
        assertThat(escaped).hasSizeLessThanOrEqualTo(limit);
        assertThat(PrintableText.isPrintable(escaped)).isTrue();
        if (PrintableText.isPrintable(text) && text.length() <= limit) {
            assertThat(escaped).isEqualTo(text);
        }
        assertThat(PrintableText.toAscii(text, limit)).matches("[ -~]*").hasSizeLessThanOrEqualTo(limit + 3);
    }
}
