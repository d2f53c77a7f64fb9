package org.decoymx.smtp.protocol;

import java.util.Locale;

/**
 * All replies of the decoy, with their reply code (RFC 5321 section 4.2.3) and enhanced status code (RFC 3463). A
 * persona sets the texts, and perhaps enhanced status codes, never the reply codes. None of them is 354: the decoy
 * accepts no message.
 */
public enum ReplyText {
    GREETING(220, ""),
    HELO(250, ""),
    EHLO(250, ""),
    MAIL_OK(250, "2.1.0"),
    RCPT_OK(250, "2.1.5"),
    /** The reply to DATA and to each BDAT chunk. */
    TRY_LATER(451, "4.7.1"),
    RSET_OK(250, "2.0.0"),
    NOOP_OK(250, "2.0.0"),
    VRFY(252, "2.0.0"),
    EXPN(502, "5.5.1"),
    HELP(214, "2.0.0"),
    BYE(221, "2.0.0"),
    START_TLS(220, "2.0.0"),
    UNKNOWN(500, "5.5.2"),
    LINE_TOO_LONG(500, "5.5.2"),
    BARE_NEWLINE(500, "5.5.2"),
    HELO_SYNTAX(501, "5.5.4"),
    MAIL_SYNTAX(501, "5.5.4"),
    RCPT_SYNTAX(501, "5.5.4"),
    BDAT_SYNTAX(501, "5.5.4"),
    NO_ARGUMENT(501, "5.5.4"),
    BAD_UTF8(501, "5.5.4"),
    HELO_FIRST(503, "5.5.1"),
    NESTED_MAIL(503, "5.5.1"),
    MAIL_FIRST(503, "5.5.1"),
    RCPT_FIRST(503, "5.5.1"),
    NO_AUTH(503, "5.5.1"),
    TLS_ACTIVE(503, "5.5.1"),
    NO_TLS(454, "4.7.0"),
    PARAMETER(555, "5.5.4"),
    /** Temporary, unlike in RFC 1870 section 6.1: a primary MX may accept such a message. */
    TOO_BIG(452, "4.3.1"),
    NEEDS_SMTPUTF8(553, "5.6.7"),
    RELAY(554, "5.7.1"),
    TOO_MANY_RECIPIENTS(452, "4.5.3"),
    TOO_MANY_ERRORS(421, "4.7.0"),
    TOO_MANY_CONNECTIONS(421, "4.7.0"),
    CHUNK_TOO_BIG(421, "4.3.4"),
    NOT_SMTP(421, "4.7.0"),
    NO_PROXY_HEADER(421, "4.3.5"),
    TIMEOUT(421, "4.4.2"),
    SHUTDOWN(421, "4.3.2");

    private final int code;
    private final String enhancedStatusCode;

    ReplyText(int code, String enhanced) {
        this.code = code;
        this.enhancedStatusCode = enhanced;
    }

    int code() {
        return code;
    }

    /** The enhanced status code; empty where RFC 2034 section 4 does not allow one. */
    String enhancedStatusCode() {
        return enhancedStatusCode;
    }

    boolean isPermanentFailure() {
        return code >= 500;
    }

    /** The key in a persona file: {@code mail-ok}. */
    String personaKey() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
