package org.decoymx.primary;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The greeting of a mail server, as it comes in: one line, or several, of which the last has a blank after the code (RFC
 * 5321, section 4.2.1). Only a complete 220 is good.
 */
final class GreetingParser {
    private static final int MAX_LINE = 2_048;
    private static final int MAX_LINES = 50;
    private static final int MAX_QUOTED = 100;
    private static final int CODE_LENGTH = 3;
    private static final Pattern REPLY = Pattern.compile("[2-5]\\d\\d(?:[ -].*)?", Pattern.DOTALL);
    private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");

    private final StringBuilder line = new StringBuilder();
    private int lines;
    private GreetingState state = GreetingState.INCOMPLETE;
    private String error = "";

    /** How far it is. */
    enum GreetingState {
        INCOMPLETE,
        ACCEPTED,
        REJECTED
    }

    /** Takes the octets that came next. */
    GreetingState append(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < text.length() && state == GreetingState.INCOMPLETE; i++) {
            if (text.charAt(i) == '\n') {
                checkLine(line.toString().stripTrailing());
                line.setLength(0);
            } else if (line.length() == MAX_LINE) {
                reject("it greets with a line longer than " + MAX_LINE + " octets");
            } else {
                line.append(text.charAt(i));
            }
        }
        return state;
    }

    private void checkLine(String reply) {
        lines++;
        if (!REPLY.matcher(reply).matches()) {
            reject("it speaks no SMTP: '" + toPrintable(reply) + "'");
        } else if (!reply.startsWith("220")) {
            reject("it greets with '" + toPrintable(reply) + "'");
        } else if (reply.length() == CODE_LENGTH || reply.charAt(CODE_LENGTH) == ' ') {
            state = GreetingState.ACCEPTED;
        } else if (lines == MAX_LINES) {
            reject("its greeting has no end after " + MAX_LINES + " lines");
        }
    }

    private void reject(String why) {
        state = GreetingState.REJECTED;
        error = why;
    }

    private static String toPrintable(String reply) {
        String start = reply.length() > MAX_QUOTED ? reply.substring(0, MAX_QUOTED) + "..." : reply;
        return UNPRINTABLE.matcher(start).replaceAll("?");
    }

    /** What is wrong with it, in words; empty unless it is bad. */
    String error() {
        return error;
    }
}
