package org.decoymx.smtp.protocol;

import java.nio.charset.StandardCharsets;

/** One complete reply, encoded for sending: RFC 5321 section 4.2. */
public final class Reply {
    /** Nothing is sent: the client would not understand it. */
    static final Reply NO_REPLY = new Reply(0, new byte[0]);

    /** RFC 5321 section 4.5.3.1.5: a reply line has at most 512 octets, including CRLF. */
    private static final int MAX_LINE_TEXT = 512 - 2;

    private final int code;
    private final byte[] octets;

    private Reply(int code, byte[] octets) {
        this.code = code;
        this.octets = octets;
    }

    /**
     * @param text the text, with LF between lines; each character that is not printable ASCII becomes {@code ?}
     */
    static Reply of(int code, String enhanced, String text) {
        return new Reply(code, encode(code, enhanced, text, false).getBytes(StandardCharsets.US_ASCII));
    }

    /** The first line of a greeting whose lastLine line, {@link #of}, is delayed: RFC 5321 section 4.2.1. */
    static Reply greetingFirstLine(int code, String text) {
        return new Reply(code, encode(code, "", text, true).getBytes(StandardCharsets.US_ASCII));
    }

    private static String encode(int code, String enhanced, String text, boolean hasMoreLines) {
        String prefix = enhanced.isEmpty() ? "" : enhanced + " ";
        String[] lines = text.split("\n", -1);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.length; i++) {
            boolean lastLine = i == lines.length - 1 && !hasMoreLines;
            String line = code + (lastLine ? " " : "-") + prefix + lines[i].replaceAll("[^ -~]", "?");
            out.append(line, 0, Math.min(line.length(), MAX_LINE_TEXT)).append("\r\n");
        }
        return out.toString();
    }

    /** The three-digit reply code; 0 if nothing is sent. */
    public int code() {
        return code;
    }

    /** The octets to send, including CRLFs. All sessions share the array: do not modify it. */
    public byte[] octets() {
        return octets;
    }

    @Override
    public String toString() {
        return new String(octets, StandardCharsets.US_ASCII);
    }
}
