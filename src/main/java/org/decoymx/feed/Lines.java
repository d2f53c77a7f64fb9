package org.decoymx.feed;

import io.vertx.core.buffer.Buffer;
import org.decoymx.listing.Listing;

/** A feed's body in the making. It may have a million lines, so addresses are written without a text for each. */
final class Lines {
    private static final int COMMENT_OCTETS = 512;
    private static final int LINE_OCTETS = 16;
    private static final int MAX_V4_OCTETS = 18;

    private final Buffer octets;
    private final byte[] address = new byte[MAX_V4_OCTETS];

    /**
     * @param lines about how many there will be
     */
    Lines(int lines) {
        octets = Buffer.buffer(COMMENT_OCTETS + lines * LINE_OCTETS);
    }

    Lines add(String text) {
        octets.appendString(text);
        return this;
    }

    /** The end of a line. */
    Lines end() {
        octets.appendByte((byte) '\n');
        return this;
    }

    /** An entry's address, or its network, as {@link Listing.Entry#text} writes it. */
    Lines add(Listing.Entry entry) {
        if (entry.v6()) {
            return add(entry.text());
        }
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= Byte.SIZE) {
            length = decimal((int) (entry.bits() >> shift) & 0xff, length);
            if (shift > 0) {
                address[length++] = '.';
            }
        }
        if (!entry.isAddress()) {
            address[length++] = '/';
            length = decimal(entry.prefix(), length);
        }
        octets.appendBytes(address, 0, length);
        return this;
    }

    private int decimal(int octet, int from) {
        int at = from;
        if (octet >= 100) {
            address[at++] = (byte) ('0' + octet / 100);
        }
        if (octet >= 10) {
            address[at++] = (byte) ('0' + octet / 10 % 10);
        }
        address[at++] = (byte) ('0' + octet % 10);
        return at;
    }

    Buffer octets() {
        return octets;
    }
}
