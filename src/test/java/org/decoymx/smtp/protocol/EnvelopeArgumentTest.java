package org.decoymx.smtp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.decoymx.smtp.protocol.EnvelopeArgument.MalformedArgument;
import org.decoymx.smtp.protocol.EnvelopeArgument.ParsedArgument;
import org.junit.jupiter.api.Test;

class EnvelopeArgumentTest {

    private static EnvelopeArgument to(String argument) {
        return EnvelopeArgument.parse("TO:" + argument, "TO:");
    }

    private static String domain(int octets) {
        String labels = ("d".repeat(63) + ".").repeat(5);
        return labels.substring(0, octets - 1) + "e";
    }

    @Test
    void path_ordinary_isTakenApart() {
        assertThat(to("<b@example.org>")).isEqualTo(new ParsedArgument(new MailPath("b", "example.org"), Map.of()));
        assertThat(to("b@example.org")).isEqualTo(new ParsedArgument(new MailPath("b", "example.org"), Map.of()));
        assertThat(to(" <b@example.org.> ")).isEqualTo(new ParsedArgument(new MailPath("b", "example.org"), Map.of()));
        assertThat(to("<>")).isEqualTo(new ParsedArgument(MailPath.NULL, Map.of()));
        assertThat(to("<Postmaster>")).isEqualTo(new ParsedArgument(new MailPath("Postmaster", ""), Map.of()));
    }

    @Test
    void path_withRoute_losesIt() {
        assertThat(to("<@a.example,@b.example:b@example.org>"))
                .isEqualTo(new ParsedArgument(new MailPath("b", "example.org"), Map.of()));
    }

    @Test
    void path_quoted_keepsItsQuotes() {
        assertThat(to("<\"a>b\\\"@c\"@example.org>"))
                .isEqualTo(new ParsedArgument(new MailPath("\"a>b\\\"@c\"", "example.org"), Map.of()));
    }

    @Test
    void parameters_inAnyCase_haveUpperCaseNames() {
        assertThat(to("<b@example.org> size=1  Body=8BitMime SMTPUTF8"))
                .isEqualTo(new ParsedArgument(
                        new MailPath("b", "example.org"), Map.of("SIZE", "1", "BODY", "8BitMime", "SMTPUTF8", "")));
    }

    @Test
    void parameters_twiceOrBroken_areBad() {
        for (String bad : new String[] {"A=1 a=2", "=1", "A=", "A==", "-A=1", "A=\u00e9", "A\tB"}) {
            assertThat(to("<b@example.org> " + bad)).isEqualTo(new MalformedArgument());
        }
    }

    @Test
    void localPart_of64Octets_passesAndOneMoreIsBad() {
        assertThat(to("<" + "l".repeat(64) + "@example.org>")).isInstanceOf(ParsedArgument.class);
        assertThat(to("<" + "l".repeat(65) + "@example.org>")).isEqualTo(new MalformedArgument());
    }

    @Test
    void path_of256Octets_passesAndOneMoreIsBad() {
        assertThat(to("<b@" + domain(252) + ">")).isInstanceOf(ParsedArgument.class);
        assertThat(to("<b@" + domain(253) + ">")).isEqualTo(new MalformedArgument());
        assertThat(to("b@" + domain(252))).isInstanceOf(ParsedArgument.class);
        assertThat(to("b@" + domain(253))).isEqualTo(new MalformedArgument());
    }

    @Test
    void path_broken_isBad() {
        for (String bad : new String[] {
            "",
            "<",
            ">",
            "<b@example.org",
            "<b@example.org>x",
            "b@",
            "@example.org",
            "<@example.org>",
            "<b@a..b>",
            "<b@.a>",
            "<b c@example.org>",
            "<b@exa mple.org>",
            "<\"b@example.org>",
            "<\"b\"c@example.org>",
            "<b>",
            "<\">",
            "<\"\\",
            "<b@[]>",
            "<b@[1.2.3.4>",
            "<b@[a]b]>",
            "<b@a@example.org>",
            "<@a:>",
            "<b\u007f@example.org>"
        }) {
            assertThat(to(bad)).as(bad).isEqualTo(new MalformedArgument());
        }
    }

    @Test
    void keyword_missing_isBad() {
        assertThat(EnvelopeArgument.parse("<b@example.org>", "TO:")).isEqualTo(new MalformedArgument());
        assertThat(EnvelopeArgument.parse("FROM:<b@example.org>", "TO:")).isEqualTo(new MalformedArgument());
        assertThat(EnvelopeArgument.parse("", "TO:")).isEqualTo(new MalformedArgument());
        assertThat(EnvelopeArgument.parse("to:<b@example.org>", "TO:")).isInstanceOf(ParsedArgument.class);
    }
}
