package org.decoymx.smtp.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.decoymx.smtp.protocol.CommandLine;
import org.decoymx.smtp.protocol.CommandLine.LineError;
import org.jspecify.annotations.Nullable;

/**
 * Splits octets into lines. Only CRLF ends a line (RFC 5321 section 2.3.8). It buffers at most one line of maximum
 * length plus the octets of the last {@link #feed}. The lines do not depend on how the octets were split into
 * packets.
 */
final class LineReader {
    /** The maximum line length in octets, with CRLF: RFC 5321 section 4.5.3.1.4 requires 512, Postfix accepts 2,048. */
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

    /** Buffers octets. The caller must stop reading when {@link #bufferedOctets} grows. */
    void feed(byte[] input) {
        if (start == end && octetsToSkip >= input.length) {
            octetsToSkip -= input.length;
            return;
        }
        int buffered = end - start;
        byte[] target = octets.length - buffered >= input.length
                ? octets
                : new byte[Math.max(MIN_CAPACITY, buffered + input.length)];
        System.arraycopy(octets, start, target, 0, buffered);
        System.arraycopy(input, 0, target, buffered, input.length);
        octets = target;
        scanned -= start;
        start = 0;
        end = buffered + input.length;
        dropSkipped();
    }

    /** Octets in the buffer that were not yet returned as lines. */
    int bufferedOctets() {
        return end - start;
    }

    /** The size of the buffer in octets. */
    int capacity() {
        return octets.length;
    }

    /** The next line, or null if it is not complete. */
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
        LineError error = bareNewline ? LineError.BARE_NEWLINE : tooLong ? LineError.TOO_LONG : LineError.NONE;
        int length = Math.max(0, scanned - 2 - start);
        String text = tooLong ? "" : new String(octets, start, length, StandardCharsets.ISO_8859_1);
        firstLine = false;
        afterCr = false;
        bareNewline = false;
        tooLong = false;
        start = scanned;
        return new CommandLine(text, error, start < end);
    }

    /** Drops the next {@code count} octets, whether they have already arrived or not. */
    void skip(long count) {
        octetsToSkip = count;
        dropSkipped();
    }

    /** Whether octets to drop have not arrived yet. */
    boolean isSkipping() {
        return octetsToSkip > 0;
    }

    private void dropSkipped() {
        int dropped = (int) Math.min(octetsToSkip, end - start);
        octetsToSkip -= dropped;
        start += dropped;
        scanned = Math.max(scanned, start);
    }

    /** Drops all input, including an incomplete line: clear text from before TLS is not trusted. */
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
