package org.decoymx.feed;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.decoymx.blocklist.Blocklist;

/**
 * Writes the text of a feed. A feed may have a million lines, so IPv4 addresses are written without creating strings.
 */
final class FeedWriter {
    private static final int BUFFER_SIZE = 1 << 13;
    private static final int MAX_IPV4_LENGTH = 18;
    private static final int MAX_ASCII = 0x7f;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private int position;
    private long flushed;

    /**
     * @param out receives the text in UTF-8
     */
    FeedWriter(OutputStream out) {
        this.out = out;
    }

    /** Renders a body to its end, and returns the number of octets. */
    long render(Renderable renderable, FeedView view) {
        renderable.render(view, this);
        flush();
        return flushed;
    }

    FeedWriter append(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > MAX_ASCII) {
                return appendUtf8(text.substring(i));
            }
            append(c);
        }
        return this;
    }

    private FeedWriter appendUtf8(String text) {
        flush();
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        write(octets, octets.length);
        return this;
    }

    private void write(byte[] octets, int length) {
        try {
            out.write(octets, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        flushed += length;
    }

    /** Appends an ASCII character. */
    FeedWriter append(char ascii) {
        if (position == BUFFER_SIZE) {
            flush();
        }
        buffer[position++] = (byte) ascii;
        return this;
    }

    FeedWriter append(long number) {
        return append(Long.toString(number));
    }

    /**
     * Appends a time in UTC in the format of RFC 3339.
     *
     * @param epochSecond seconds since 1970
     */
    FeedWriter appendTime(long epochSecond) {
        return append(Instant.ofEpochSecond(epochSecond).toString());
    }

    /** Appends a quoted and escaped JSON string. */
    FeedWriter appendJsonString(String text) {
        return append('"')
                .append(new String(JsonStringEncoder.getInstance().quoteAsString(text)))
                .append('"');
    }

    FeedWriter endLine() {
        return append('\n');
    }

    /** Appends an address, or a network with prefix, like {@link Blocklist.BlocklistEntry#text}. */
    FeedWriter append(Blocklist.BlocklistEntry entry) {
        if (entry.v6()) {
            return append(entry.text());
        }
        appendIpv4(entry);
        return entry.isAddress() ? this : append('/').appendDecimal(entry.prefix());
    }

    /** Appends an entry with prefix, also if it is an address: {@code 192.0.2.1/32}. */
    FeedWriter appendCidr(Blocklist.BlocklistEntry entry) {
        append(entry);
        return entry.isAddress() ? append('/').append(entry.prefix()) : this;
    }

    private FeedWriter appendIpv4(Blocklist.BlocklistEntry v4) {
        if (BUFFER_SIZE - position < MAX_IPV4_LENGTH) {
            flush();
        }
        long bits = v4.network().bits();
        for (int shift = 24; shift >= 0; shift -= Byte.SIZE) {
            appendDecimal((int) (bits >> shift) & 0xff);
            if (shift > 0) {
                buffer[position++] = '.';
            }
        }
        return this;
    }

    private FeedWriter appendDecimal(int octet) {
        if (octet >= 100) {
            append((char) ('0' + octet / 100));
        }
        if (octet >= 10) {
            append((char) ('0' + octet / 10 % 10));
        }
        return append((char) ('0' + octet % 10));
    }

    /** Writes the buffered text to the underlying stream. */
    void flush() {
        write(buffer, position);
        position = 0;
    }
}
