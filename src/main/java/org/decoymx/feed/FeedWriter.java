package org.decoymx.feed;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.decoymx.blocklist.Blocklist;

/** A feed's text in the making. It may have a million lines, so addresses are written without a text for each. */
final class FeedWriter {
    private static final int BUFFER_SIZE = 1 << 13;
    private static final int MAX_IPV4_LENGTH = 18;
    private static final int MAX_ASCII = 0x7f;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private int position;

    /**
     * @param out where the text goes, in UTF-8
     */
    FeedWriter(OutputStream out) {
        this.out = out;
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
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** An ASCII character. */
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
     * A time as RFC 3339 writes it, in UTC.
     *
     * @param second since 1970
     */
    FeedWriter appendTime(long second) {
        return append(Instant.ofEpochSecond(second).toString());
    }

    /** A text as JSON writes it, in quotes. */
    FeedWriter appendJsonString(String text) {
        return append('"')
                .append(new String(JsonStringEncoder.getInstance().quoteAsString(text)))
                .append('"');
    }

    /** The end of a line. */
    FeedWriter endLine() {
        return append('\n');
    }

    /** An entry's address, or its network, as {@link Blocklist.Entry#text} writes it: without prefix when it is an address. */
    FeedWriter append(Blocklist.BlocklistEntry entry) {
        if (entry.v6()) {
            return append(entry.text());
        }
        appendIpv4(entry);
        return entry.isAddress() ? this : append('/').appendDecimal(entry.prefix());
    }

    /** An entry as a network, whatever it is: {@code 192.0.2.1/32}. */
    FeedWriter appendCidr(Blocklist.BlocklistEntry entry) {
        return append(entry).append(entry.isAddress() ? "/32" : "");
    }

    private FeedWriter appendIpv4(Blocklist.BlocklistEntry v4) {
        if (BUFFER_SIZE - position < MAX_IPV4_LENGTH) {
            flush();
        }
        for (int shift = 24; shift >= 0; shift -= Byte.SIZE) {
            appendDecimal((int) (v4.bits() >> shift) & 0xff);
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

    /** Hands on what was written so far. */
    void flush() {
        try {
            out.write(buffer, 0, position);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        position = 0;
    }
}
