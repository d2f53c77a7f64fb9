package org.decoymx.primary;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The greeting of a mail server, as it comes in: one line, or several, of which the last has a blank after the code (RFC
 * 5321, section 4.2.1). Only a complete 220 is good.
 */
final class Greeting {
    private static final int MAX_LINE = 2_048;
    private static final int MAX_LINES = 50;
    private static final int MAX_SHOWN = 100;
    private static final int CODE = 3;
    private static final Pattern REPLY = Pattern.compile("[2-5]\\d\\d(?:[ -].*)?", Pattern.DOTALL);
    private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");

    private final StringBuilder line = new StringBuilder();
    private int lines;
    private State state = State.WAITING;
    private String words = "";

    /** How far it is. */
    enum State {
        WAITING,
        GOOD,
        BAD
    }

    /** Takes the octets that came next. */
    State take(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < text.length() && state == State.WAITING; i++) {
            if (text.charAt(i) == '\n') {
                judge(line.toString().stripTrailing());
                line.setLength(0);
            } else if (line.length() == MAX_LINE) {
                refuse("it greets with a line longer than " + MAX_LINE + " octets");
            } else {
                line.append(text.charAt(i));
            }
        }
        return state;
    }

    private void judge(String reply) {
        lines++;
        if (!REPLY.matcher(reply).matches()) {
            refuse("it speaks no SMTP: '" + shown(reply) + "'");
        } else if (!reply.startsWith("220")) {
            refuse("it greets with '" + shown(reply) + "'");
        } else if (reply.length() == CODE || reply.charAt(CODE) == ' ') {
            state = State.GOOD;
        } else if (lines == MAX_LINES) {
            refuse("its greeting has no end after " + MAX_LINES + " lines");
        }
    }

    private void refuse(String why) {
        state = State.BAD;
        words = why;
    }

    private static String shown(String reply) {
        String start = reply.length() > MAX_SHOWN ? reply.substring(0, MAX_SHOWN) + "..." : reply;
        return UNPRINTABLE.matcher(start).replaceAll("?");
    }

    /** What is wrong with it, in words; empty unless it is bad. */
    String words() {
        return words;
    }
}
