package org.decoymx.primary;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.decoymx.support.PrintableText;

/**
 * Parses one reply of a mail server incrementally, for example the greeting: one line or several, the last with a space
 * after the code (RFC 5321, section 4.2.1). Only a complete reply with an expected code is accepted.
 */
final class ReplyParser {
    private static final int MAX_LINE = 2_048;
    private static final int MAX_LINES = 50;
    private static final int MAX_QUOTED = 100;
    private static final int CODE_LENGTH = 3;
    private static final Pattern REPLY = Pattern.compile("[2-5]\\d\\d(?:[ -].*)?", Pattern.DOTALL);

    private final String name;
    private final Pattern expected;
    private final Set<String> keywords = new HashSet<>();
    private final StringBuilder line = new StringBuilder();
    private int lines;
    private ReplyState state = ReplyState.INCOMPLETE;
    private String error = "";
    private String lastLine = "";

    /**
     * @param name what is parsed, for messages: "greeting", "reply to MAIL"
     * @param codes the codes to accept, a regular expression for the start of each line
     */
    ReplyParser(String name, String codes) {
        this.name = name;
        expected = Pattern.compile(codes);
    }

    /** Progress of the parser. */
    enum ReplyState {
        INCOMPLETE,
        ACCEPTED,
        REJECTED
    }

    /** Parses the next octets. */
    ReplyState append(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < text.length() && state == ReplyState.INCOMPLETE; i++) {
            if (text.charAt(i) == '\n') {
                checkLine(line.toString().stripTrailing());
                line.setLength(0);
            } else if (line.length() == MAX_LINE) {
                reject(name + " line longer than " + MAX_LINE + " octets");
            } else {
                line.append(text.charAt(i));
            }
        }
        return state;
    }

    private void checkLine(String reply) {
        lines++;
        lastLine = reply;
        if (!REPLY.matcher(reply).matches()) {
            reject("not an SMTP " + name + ": '" + PrintableText.toAscii(reply, MAX_QUOTED) + "'");
            return;
        }
        if (!expected.matcher(reply).lookingAt()) {
            reject("unexpected " + name + ": '" + PrintableText.toAscii(reply, MAX_QUOTED) + "'");
            return;
        }
        keywords.add(reply.substring(Math.min(reply.length(), CODE_LENGTH + 1)).toUpperCase(Locale.ROOT));
        if (reply.length() == CODE_LENGTH || reply.charAt(CODE_LENGTH) == ' ') {
            state = ReplyState.ACCEPTED;
        } else if (lines == MAX_LINES) {
            reject(name + " not complete after " + MAX_LINES + " lines");
        }
    }

    /** Rejects the reply for another reason than its code. */
    void reject(String reason) {
        state = ReplyState.REJECTED;
        error = reason;
    }

    /** Whether a complete reply refuses the command for good: 5xx. */
    boolean isPermanentFailure() {
        return lastLine.startsWith("5");
    }

    /** Whether a complete reply puts the command off: 4xx. */
    boolean isTransientFailure() {
        return lastLine.startsWith("4");
    }

    /** Whether a complete reply to EHLO announces an extension without parameters (RFC 5321 section 4.1.1.1). */
    boolean announces(String keyword) {
        return keywords.contains(keyword);
    }

    /** The last line of a complete reply, printable and short enough for messages. */
    String quoteLastLine() {
        return "'" + PrintableText.toAscii(lastLine, MAX_QUOTED) + "'";
    }

    /** Why the reply was rejected; empty unless it was. */
    String error() {
        return error;
    }
}
