package org.decoymx.smtp.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.decoymx.smtp.protocol.CommandLine;
import org.decoymx.smtp.protocol.CommandLine.LineError;
import org.jspecify.annotations.Nullable;

/**
 * Cuts octets into lines. Only CRLF ends a line (RFC 5321 section 2.3.8). It holds at most one line's limit and what was
 * fed at once; how the octets were cut into packets makes no difference to the lines.
 */
final class LineReader {
    /** The longest line with its CRLF, in octets; RFC 5321 section 4.5.3.1.4 asks for 512, Postfix takes 2,048. */
    static final int MAX_LINE = 2_048;

    private static final int MIN_CAPACITY = 256;
    private static final byte TLS_HANDSHAKE = 0x16;
    private static final byte TLS_MAJOR = 0x03;

    private byte[] octets = new byte[MIN_CAPACITY];
    private int start;
    private int scanned;
    private int end;
    private long octetsToSkip;
    private boolean firstLine = true;
    private boolean afterCr;
    private boolean bareNewline;
    private boolean tooLong;

    /** Takes octets in. The caller holds back when {@link #bufferedOctets} grows. */
    void feed(byte[] more) {
        if (start == end && octetsToSkip >= more.length) {
            octetsToSkip -= more.length;
            return;
        }
        int held = end - start;
        byte[] target =
                octets.length - held >= more.length ? octets : new byte[Math.max(MIN_CAPACITY, held + more.length)];
        System.arraycopy(octets, start, target, 0, held);
        System.arraycopy(more, 0, target, held, more.length);
        octets = target;
        scanned -= start;
        start = 0;
        end = held + more.length;
        dropSkipped();
    }

    /** Octets held that are not yet given out as lines. */
    int bufferedOctets() {
        return end - start;
    }

    /** Octets of memory that are kept for those held. */
    int capacity() {
        return octets.length;
    }

    /** The next line, or null when it has not arrived in full. */
    @Nullable
    CommandLine nextLine() {
        if (firstLine
                && !tooLong
                && end - start >= 2
                && octets[start] == TLS_HANDSHAKE
                && octets[start + 1] == TLS_MAJOR) {
            clear();
            return new CommandLine("", LineError.TLS_RECORD, false);
        }
        while (scanned < end) {
            byte octet = octets[scanned++];
            if (octet == '\n' && afterCr) {
                return completeLine();
            }
            bareNewline |= afterCr || octet == '\n' || octet == 0;
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

    private CommandLine completeLine() {
        LineError flaw = bareNewline ? LineError.BARE_NEWLINE : tooLong ? LineError.TOO_LONG : LineError.NONE;
        int length = Math.max(0, scanned - 2 - start);
        String text = tooLong ? "" : new String(octets, start, length, StandardCharsets.ISO_8859_1);
        firstLine = false;
        afterCr = false;
        bareNewline = false;
        tooLong = false;
        start = scanned;
        return new CommandLine(text, flaw, start < end);
    }

    /** Drops the next {@code count} octets, whether they have arrived or not; they are no lines. */
    void skip(long count) {
        octetsToSkip = count;
        dropSkipped();
    }

    /** Whether octets that are to be dropped have yet to arrive. */
    boolean isSkipping() {
        return octetsToSkip > 0;
    }

    private void dropSkipped() {
        int now = (int) Math.min(octetsToSkip, end - start);
        octetsToSkip -= now;
        start += now;
        scanned = Math.max(scanned, start);
    }

    /** Forgets whatever has arrived, a half line too: what was sent in clear before TLS is not to be believed. */
    void clear() {
        clearBuffer();
        octetsToSkip = 0;
        afterCr = false;
        bareNewline = false;
        tooLong = false;
        firstLine = false;
    }

    private void shrink() {
        octets = Arrays.copyOfRange(octets, start, start + Math.max(MIN_CAPACITY, end - start));
        scanned -= start;
        end -= start;
        start = 0;
    }

    private void clearBuffer() {
        octets = Arrays.copyOf(octets, MIN_CAPACITY);
        start = 0;
        scanned = 0;
        end = 0;
    }
}
