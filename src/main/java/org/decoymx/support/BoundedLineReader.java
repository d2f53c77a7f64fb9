package org.decoymx.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Splits a stream into lines in bounded memory. A line ends with LF or CRLF, or at the end of the stream. */
public final class BoundedLineReader {
    private static final int BUFFER_SIZE = 65_536;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final InputStream in;
    private final int maxOctets;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private final byte[] line;
    private int position;
    private int end;
    private int length;
    private long lineNumber;

    /**
     * @param in is not closed
     * @param maxOctets maximum length of a line without its end; longer lines are truncated
     */
    public BoundedLineReader(InputStream in, int maxOctets) {
        this.in = in;
        this.maxOctets = maxOctets;
        line = new byte[maxOctets + 1];
    }

    /** The number of the last line read, from 1. */
    public long lineNumber() {
        return lineNumber;
    }

    /** Whether the last line read was longer than the limit and is truncated. */
    public boolean isTooLong() {
        return length > maxOctets;
    }

    /** Reads the next line without its end; null at the end of the stream. */
    public byte @Nullable [] readLine() throws IOException {
        length = 0;
        boolean ended = false;
        while (!ended && fill()) {
            int lineEnd = position;
            while (lineEnd < end && buffer[lineEnd] != '\n') {
                lineEnd++;
            }
            append(lineEnd);
            ended = lineEnd < end;
            position = ended ? lineEnd + 1 : lineEnd;
        }
        if (!ended && length == 0) {
            return null;
        }
        lineNumber++;
        if (length > 0 && length <= line.length && line[length - 1] == '\r') {
            length--;
        }
        return Arrays.copyOf(line, Math.min(length, maxOctets));
    }

    /** Reads the next line as UTF-8, without a byte order mark at the start of the stream; null at its end. */
    public @Nullable String readText() throws IOException {
        byte[] octets = readLine();
        if (octets == null) {
            return null;
        }
        String text = new String(octets, StandardCharsets.UTF_8);
        return lineNumber == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private boolean fill() throws IOException {
        if (position == end) {
            position = 0;
            end = Math.max(0, in.read(buffer));
        }
        return position < end;
    }

    private void append(int lineEnd) {
        int copied = Math.min(lineEnd - position, Math.max(0, line.length - length));
        System.arraycopy(buffer, position, line, Math.min(length, line.length), copied);
        length = Math.min(length + lineEnd - position, line.length + 1);
    }
}
