package org.decoymx.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Splits a stream into lines that end with LF or at the end of the stream. A CR is kept: it is white space in JSON. */
public final class StreamLineReader {
    /** Longer lines are truncated. */
    public static final int MAX_LINE_OCTETS = 8_192;

    private static final int BUFFER_SIZE = 65_536;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private final byte[] line = new byte[MAX_LINE_OCTETS];
    private int position;
    private int end;
    private int length;
    private long lineNumber;

    /**
     * @param in is not closed
     */
    public StreamLineReader(InputStream in) {
        this.in = in;
    }

    /** The number of the last line read, from 1. */
    public long lineNumber() {
        return lineNumber;
    }

    /** Whether the last line read was longer than {@link #MAX_LINE_OCTETS} and is truncated. */
    public boolean isTooLong() {
        return length > MAX_LINE_OCTETS;
    }

    /** Reads the next line without its LF; null at the end of the stream. */
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
        return Arrays.copyOf(line, Math.min(length, MAX_LINE_OCTETS));
    }

    private boolean fill() throws IOException {
        if (position == end) {
            position = 0;
            end = Math.max(0, in.read(buffer));
        }
        return position < end;
    }

    private void append(int lineEnd) {
        int free = Math.max(0, MAX_LINE_OCTETS - length);
        System.arraycopy(buffer, position, line, Math.min(length, MAX_LINE_OCTETS), Math.min(lineEnd - position, free));
        length = Math.min(length + lineEnd - position, MAX_LINE_OCTETS + 1);
    }
}
