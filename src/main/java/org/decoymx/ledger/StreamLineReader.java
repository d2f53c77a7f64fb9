package org.decoymx.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts a stream into lines. LF ends one, and the end of the stream; a CR before it is white space to JSON. */
public final class StreamLineReader {
    /** Octets of a line that are kept at most. */
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
     * @param in is read in pieces, and not closed
     */
    public StreamLineReader(InputStream in) {
        this.in = in;
    }

    /** The number of the latest line, from 1. */
    public long lineNumber() {
        return lineNumber;
    }

    /** Whether the latest line was longer than {@link #MAX_LINE_OCTETS}, and is cut. */
    public boolean isTooLong() {
        return length > MAX_LINE_OCTETS;
    }

    /** The next line without its end; null at the end of the stream. */
    public byte @Nullable [] readLine() throws IOException {
        length = 0;
        boolean ended = false;
        while (!ended && fill()) {
            int stop = position;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            append(stop);
            ended = stop < end;
            position = ended ? stop + 1 : stop;
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

    private void append(int stop) {
        int room = Math.max(0, MAX_LINE_OCTETS - length);
        System.arraycopy(buffer, position, line, Math.min(length, MAX_LINE_OCTETS), Math.min(stop - position, room));
        length = Math.min(length + stop - position, MAX_LINE_OCTETS + 1);
    }
}
