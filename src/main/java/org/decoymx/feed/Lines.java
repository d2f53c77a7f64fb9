package org.decoymx.feed;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.decoymx.blocklist.Listing;

/** A feed's text in the making. It may have a million lines, so addresses are written without a text for each. */
final class Lines {
    private static final int OCTETS = 1 << 13;
    private static final int MAX_V4_OCTETS = 18;
    private static final int MAX_ASCII = 0x7f;

    private final OutputStream out;
    private final byte[] line = new byte[OCTETS];
    private int at;

    /**
     * @param out where the text goes, in UTF-8
     */
    Lines(OutputStream out) {
        this.out = out;
    }

    Lines add(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > MAX_ASCII) {
                return addUtf8(text.substring(i));
            }
            add(c);
        }
        return this;
    }

    private Lines addUtf8(String text) {
        flush();
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** An ASCII character. */
    Lines add(char ascii) {
        if (at == OCTETS) {
            flush();
        }
        line[at++] = (byte) ascii;
        return this;
    }

    Lines add(long number) {
        return add(Long.toString(number));
    }

    /**
     * A time as RFC 3339 writes it, in UTC.
     *
     * @param second since 1970
     */
    Lines addTime(long second) {
        return add(Instant.ofEpochSecond(second).toString());
    }

    /** A text as JSON writes it, in quotes. */
    Lines addJson(String text) {
        return add('"').add(new String(JsonStringEncoder.getInstance().quoteAsString(text)))
                .add('"');
    }

    /** The end of a line. */
    Lines end() {
        return add('\n');
    }

    /** An entry's address, or its network, as {@link Listing.Entry#text} writes it: without prefix when it is an address. */
    Lines add(Listing.Entry entry) {
        if (entry.v6()) {
            return add(entry.text());
        }
        addOctets(entry);
        return entry.isAddress() ? this : add('/').decimal(entry.prefix());
    }

    /** An entry as a network, whatever it is: {@code 192.0.2.1/32}. */
    Lines addNetwork(Listing.Entry entry) {
        return add(entry).add(entry.isAddress() ? "/32" : "");
    }

    private Lines addOctets(Listing.Entry v4) {
        if (OCTETS - at < MAX_V4_OCTETS) {
            flush();
        }
        for (int shift = 24; shift >= 0; shift -= Byte.SIZE) {
            decimal((int) (v4.bits() >> shift) & 0xff);
            if (shift > 0) {
                line[at++] = '.';
            }
        }
        return this;
    }

    private Lines decimal(int octet) {
        if (octet >= 100) {
            add((char) ('0' + octet / 100));
        }
        if (octet >= 10) {
            add((char) ('0' + octet / 10 % 10));
        }
        return add((char) ('0' + octet % 10));
    }

    /** Hands on what was written so far. */
    void flush() {
        try {
            out.write(line, 0, at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        at = 0;
    }
}
