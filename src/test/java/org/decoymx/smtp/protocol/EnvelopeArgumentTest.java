package org.decoymx.smtp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.decoymx.smtp.protocol.EnvelopeArgument.MalformedArgument;
import org.decoymx.smtp.protocol.EnvelopeArgument.ParsedArgument;
import org.junit.jupiter.api.Test;

class EnvelopeArgumentTest {

    private static EnvelopeArgument parse(String argument) {
        return EnvelopeArgument.parse("TO:" + argument, "TO:");
    }

    private static String domainOfLength(int octets) {
        String labels = ("d".repeat(63) + ".").repeat(5);
        return labels.substring(0, octets - 1) + "e";
    }

    @Test
    void path_wellFormed_isParsed() {
        assertThat(parse("<b@example.org>")).isEqualTo(new ParsedArgument(new MailPath("b", "example.org"), Map.of()));
        assertThat(parse("b@example.org")).isEqualTo(new ParsedArgument(new MailPath("b", "example.org"), Map.of()));
        assertThat(parse(" <b@example.org.> "))
                .isEqualTo(new ParsedArgument(new MailPath("b", "example.org"), Map.of()));
        assertThat(parse("<>")).isEqualTo(new ParsedArgument(MailPath.NULL, Map.of()));
        assertThat(parse("<Postmaster>")).isEqualTo(new ParsedArgument(new MailPath("Postmaster", ""), Map.of()));
    }

    @Test
    void path_withSourceRoute_isParsedWithoutIt() {
        assertThat(parse("<@a.example,@b.example:b@example.org>"))
                .isEqualTo(new ParsedArgument(new MailPath("b", "example.org"), Map.of()));
    }

    @Test
    void path_quoted_keepsItsQuotes() {
        assertThat(parse("<\"a>b\\\"@c\"@example.org>"))
                .isEqualTo(new ParsedArgument(new MailPath("\"a>b\\\"@c\"", "example.org"), Map.of()));
    }

    /** The first and the last of each kind of octet that is allowed. */
    @Test
    void octets_atTheLimits_areAllowed() {
        for (String path : new String[] {
            "a@az-AZ_09",
            "!~\u0080\u00ff@\u0080\u00ff",
            "\"\\ \\~ ~\u0080\"@example.org",
            "b@[!Z^~]",
            "b@" + "d".repeat(63)
        }) {
            assertThat(parse("<" + path + ">"))
                    .as(path)
                    .isInstanceOfSatisfying(ParsedArgument.class, parsed -> assertThat(parsed.path())
                            .hasToString(path));
        }
        assertThat(parse("<b@" + "d".repeat(64) + ">")).isEqualTo(new MalformedArgument());
    }

    @Test
    void parameters_inAnyCase_haveUpperCaseNames() {
        assertThat(parse("<b@example.org> size=1  Body=8BitMime SMTPUTF8"))
                .isEqualTo(new ParsedArgument(
                        new MailPath("b", "example.org"), Map.of("SIZE", "1", "BODY", "8BitMime", "SMTPUTF8", "")));
    }

    @Test
    void parameters_duplicateOrMalformed_areRejected() {
        for (String malformed : new String[] {"A=1 a=2", "=1", "A=", "A==", "-A=1", "A=\u00e9", "A\tB"}) {
            assertThat(parse("<b@example.org> " + malformed)).isEqualTo(new MalformedArgument());
        }
    }

    @Test
    void localPart_isLimitedByThePathOnly() {
        assertThat(parse("<" + "l".repeat(242) + "@example.org>")).isInstanceOf(ParsedArgument.class);
        assertThat(parse("<" + "l".repeat(243) + "@example.org>")).isEqualTo(new MalformedArgument());
    }

    @Test
    void path_longerThan256Octets_isRejected() {
        assertThat(parse("<b@" + domainOfLength(252) + ">")).isInstanceOf(ParsedArgument.class);
        assertThat(parse("<b@" + domainOfLength(253) + ">")).isEqualTo(new MalformedArgument());
        assertThat(parse("b@" + domainOfLength(252))).isInstanceOf(ParsedArgument.class);
        assertThat(parse("b@" + domainOfLength(253))).isEqualTo(new MalformedArgument());
    }

    @Test
    void path_malformed_isRejected() {
        for (String malformed : new String[] {
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
            "<b\u007f@example.org>",
            "<a<b@example.org>",
            "\"b@example.org",
            "\"b\\@example.org",
            "<\"\u001f\"@example.org>",
            "<\"\\\u001f\"@example.org>",
            "<\"\u007f\"@example.org>",
            "<b@a/b>",
            "<b@a:b>",
            "<b@a`b>",
            "<b@a{b>"
        }) {
            assertThat(parse(malformed)).as(malformed).isEqualTo(new MalformedArgument());
        }
    }

    @Test
    void keyword_missing_isRejected() {
        assertThat(EnvelopeArgument.parse("<b@example.org>", "TO:")).isEqualTo(new MalformedArgument());
        assertThat(EnvelopeArgument.parse("FROM:<b@example.org>", "TO:")).isEqualTo(new MalformedArgument());
        assertThat(EnvelopeArgument.parse("", "TO:")).isEqualTo(new MalformedArgument());
        assertThat(EnvelopeArgument.parse("to:<b@example.org>", "TO:")).isInstanceOf(ParsedArgument.class);
    }
}
