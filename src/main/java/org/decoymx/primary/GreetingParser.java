package org.decoymx.primary;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.decoymx.support.PrintableText;

/**
 * Parses the greeting of a mail server incrementally: one reply line or several, the last with a space after the code
 * (RFC 5321, section 4.2.1). Only a complete reply with code 220 is accepted.
 */
final class GreetingParser {
    private static final int MAX_LINE = 2_048;
    private static final int MAX_LINES = 50;
    private static final int MAX_QUOTED = 100;
    private static final int CODE_LENGTH = 3;
    private static final Pattern REPLY = Pattern.compile("[2-5]\\d\\d(?:[ -].*)?", Pattern.DOTALL);

    private final StringBuilder line = new StringBuilder();
    private int lines;
    private GreetingState state = GreetingState.INCOMPLETE;
    private String error = "";

    /** Progress of the parser. */
    enum GreetingState {
        INCOMPLETE,
        ACCEPTED,
        REJECTED
    }

    /** Parses the next octets. */
    GreetingState append(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < text.length() && state == GreetingState.INCOMPLETE; i++) {
            if (text.charAt(i) == '\n') {
                checkLine(line.toString().stripTrailing());
                line.setLength(0);
            } else if (line.length() == MAX_LINE) {
                reject("greeting line longer than " + MAX_LINE + " octets");
            } else {
                line.append(text.charAt(i));
            }
        }
        return state;
    }

    private void checkLine(String reply) {
        lines++;
        if (!REPLY.matcher(reply).matches()) {
            reject("not an SMTP greeting: '" + PrintableText.toAscii(reply, MAX_QUOTED) + "'");
        } else if (!reply.startsWith("220")) {
            reject("unexpected greeting: '" + PrintableText.toAscii(reply, MAX_QUOTED) + "'");
        } else if (reply.length() == CODE_LENGTH || reply.charAt(CODE_LENGTH) == ' ') {
            state = GreetingState.ACCEPTED;
        } else if (lines == MAX_LINES) {
            reject("greeting not complete after " + MAX_LINES + " lines");
        }
    }

    private void reject(String reason) {
        state = GreetingState.REJECTED;
        error = reason;
    }

    /** Why the greeting was rejected; empty unless it was. */
    String error() {
        return error;
    }
}
