package org.decoymx.smtp.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.decoymx.smtp.protocol.Line;
import org.decoymx.smtp.protocol.Line.Flaw;
import org.jspecify.annotations.Nullable;

/**
 * Cuts octets into lines. Only CRLF ends a line (RFC 5321 section 2.3.8). It holds at most one line's limit and what was
 * fed at once; how the octets were cut into packets makes no difference to the lines.
 */
final class LineReader {
    /** The longest line with its CRLF, in octets; RFC 5321 section 4.5.3.1.4 asks for 512, Postfix takes 2,048. */
    static final int MAX_LINE = 2_048;

    private static final int SMALL = 256;
    private static final byte TLS_HANDSHAKE = 0x16;
    private static final byte TLS_MAJOR = 0x03;

    private byte[] octets = new byte[SMALL];
    private int start;
    private int scanned;
    private int end;
    private long skip;
    private boolean first = true;
    private boolean afterCr;
    private boolean bare;
    private boolean tooLong;

    /** Takes octets in. The caller holds back when {@link #buffered} grows. */
    void feed(byte[] more) {
        if (start == end && skip >= more.length) {
            skip -= more.length;
            return;
        }
        int held = end - start;
        byte[] target = octets.length - held >= more.length ? octets : new byte[Math.max(SMALL, held + more.length)];
        System.arraycopy(octets, start, target, 0, held);
        System.arraycopy(more, 0, target, held, more.length);
        octets = target;
        scanned -= start;
        start = 0;
        end = held + more.length;
        dropSkipped();
    }

    /** Octets held that are not yet given out as lines. */
    int buffered() {
        return end - start;
    }

    /** Octets of memory that are kept for those held. */
    int capacity() {
        return octets.length;
    }

    /** The next line, or null when it has not arrived in full. */
    @Nullable
    Line next() {
        if (first && !tooLong && end - start >= 2 && octets[start] == TLS_HANDSHAKE && octets[start + 1] == TLS_MAJOR) {
            clear();
            return new Line("", Flaw.TLS_RECORD, false);
        }
        while (scanned < end) {
            byte octet = octets[scanned++];
            if (octet == '\n' && afterCr) {
                return line();
            }
            bare |= afterCr || octet == '\n' || octet == 0;
            afterCr = octet == '\r';
            if (scanned - start >= MAX_LINE) {
                tooLong = true;
                start = scanned;
            }
        }
        if (octets.length > MAX_LINE) {
            shrink();
        }
        return null;
    }

    private Line line() {
        Flaw flaw = bare ? Flaw.BARE_NEWLINE : tooLong ? Flaw.TOO_LONG : Flaw.NONE;
        int length = Math.max(0, scanned - 2 - start);
        String text = tooLong ? "" : new String(octets, start, length, StandardCharsets.ISO_8859_1);
        first = false;
        afterCr = false;
        bare = false;
        tooLong = false;
        start = scanned;
        return new Line(text, flaw, start < end);
    }

    /** Drops the next {@code count} octets, whether they have arrived or not; they are no lines. */
    void skip(long count) {
        skip = count;
        dropSkipped();
    }

    /** Whether octets that are to be dropped have yet to arrive. */
    boolean isSkipping() {
        return skip > 0;
    }

    private void dropSkipped() {
        int now = (int) Math.min(skip, end - start);
        skip -= now;
        start += now;
        scanned = Math.max(scanned, start);
    }

    /** Forgets whatever has arrived, a half line too: what was sent in clear before TLS is not to be believed. */
    void clear() {
        clearBuffer();
        skip = 0;
        afterCr = false;
        bare = false;
        tooLong = false;
        first = false;
    }

    private void shrink() {
        octets = Arrays.copyOfRange(octets, start, start + Math.max(SMALL, end - start));
        scanned -= start;
        end -= start;
        start = 0;
    }

    private void clearBuffer() {
        octets = Arrays.copyOf(octets, SMALL);
        start = 0;
        scanned = 0;
        end = 0;
    }
}
