package org.decoymx.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts a stream into lines. LF ends one, and the end of the stream; a CR before it is white space to JSON. */
public final class LineCutter {
    /** Octets of a line that are kept at most. */
    public static final int MAX_LINE = 8_192;

    private static final int READ = 65_536;

    private final InputStream in;
    private final byte[] read = new byte[READ];
    private final byte[] line = new byte[MAX_LINE];
    private int at;
    private int end;
    private int length;
    private long number;

    /**
     * @param in is read in pieces, and not closed
     */
    public LineCutter(InputStream in) {
        this.in = in;
    }

    /** The number of the latest line, from 1. */
    public long number() {
        return number;
    }

    /** Whether the latest line was longer than {@link #MAX_LINE}, and is cut. */
    public boolean isTooLong() {
        return length > MAX_LINE;
    }

    /** The next line without its end; null at the end of the stream. */
    public byte @Nullable [] next() throws IOException {
        length = 0;
        boolean ended = false;
        while (!ended && fill()) {
            int stop = at;
            while (stop < end && read[stop] != '\n') {
                stop++;
            }
            keep(stop);
            ended = stop < end;
            at = ended ? stop + 1 : stop;
        }
        if (!ended && length == 0) {
            return null;
        }
        number++;
        return Arrays.copyOf(line, Math.min(length, MAX_LINE));
    }

    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(read));
        }
        return at < end;
    }

    private void keep(int stop) {
        int room = Math.max(0, MAX_LINE - length);
        System.arraycopy(read, at, line, Math.min(length, MAX_LINE), Math.min(stop - at, room));
        length = Math.min(length + stop - at, MAX_LINE + 1);
    }
}
