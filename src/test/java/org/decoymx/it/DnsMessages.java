package org.decoymx.it;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** DNS messages octet by octet, also malformed ones that no library writes (RFC 1035 section 4.1). */
final class DnsMessages {
    static final int HEADER_LENGTH = 12;

    static final int A = 1;
    static final int TXT = 16;
    static final int OPT = 41;
    static final int IXFR = 251;
    static final int AXFR = 252;
    static final int ANY = 255;

    static final int IN = 1;
    static final int CHAOS = 3;

    static final int FORMERR = 1;
    static final int NXDOMAIN = 3;
    static final int NOTIMP = 4;
    static final int REFUSED = 5;

    private static final int TC = 0x02;
    private static final int FLAGS_OFFSET = 2;
    private static final int LOW_BYTE_MASK = 0xff;
    private static final int RCODE_MASK = 0x0f;
    private static final int ARCOUNT_OFFSET = 11;

    private DnsMessages() {}

    /**
     * A header.
     *
     * @param counts the counts of the four sections; missing ones are 0
     */
    static byte[] header(int id, int flags, int... counts) {
        return join(shorts(id, flags), shorts(Arrays.copyOf(counts, 4)));
    }

    /** A query of class IN without EDNS. */
    static byte[] question(int id, String name, int type) {
        return join(header(id, 0, 1), questionEntry(name(name), type, IN));
    }

    /** A query of class IN with one additional record. */
    static byte[] question(int id, String name, int type, byte[] additional) {
        return join(header(id, 0, 1, 0, 0, 1), questionEntry(name(name), type, IN), additional);
    }

    /** An entry of the question section. */
    static byte[] questionEntry(byte[] name, int type, int dnsClass) {
        return join(name, shorts(type, dnsClass));
    }

    /** A domain name in wire format, without compression. */
    static byte[] name(String text) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (String label : text.split("\\.", -1)) {
            octets.write(label.length());
            octets.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        octets.write(0);
        return octets.toByteArray();
    }

    /** The EDNS OPT record (RFC 6891 section 6.1.2). */
    static byte[] opt(int payload, int version, byte[] options) {
        return join(new byte[1], shorts(OPT, payload, version, 0, options.length), options);
    }

    /** An EDNS option. */
    static byte[] option(int code, byte[] data) {
        return join(shorts(code, data.length), data);
    }

    static byte[] shorts(int... numbers) {
        byte[] octets = new byte[2 * numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            octets[2 * i] = (byte) (numbers[i] >> Byte.SIZE);
            octets[2 * i + 1] = (byte) numbers[i];
        }
        return octets;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        List.of(parts).forEach(octets::writeBytes);
        return octets.toByteArray();
    }

    static int id(byte[] message) {
        return readShort(message, 0);
    }

    /** The RCODE in the header. */
    static int rcode(byte[] message) {
        return message[FLAGS_OFFSET + 1] & RCODE_MASK;
    }

    /** Whether the TC bit is set. */
    static boolean isTruncated(byte[] message) {
        return (message[FLAGS_OFFSET] & TC) != 0;
    }

    /** The number of records in the answer section. */
    static int answerCount(byte[] message) {
        return readShort(message, 6);
    }

    /** The number of records in the additional section, at most 255. */
    static int additionalCount(byte[] message) {
        return message[ARCOUNT_OFFSET] & LOW_BYTE_MASK;
    }

    private static int readShort(byte[] message, int offset) {
        return (message[offset] & LOW_BYTE_MASK) << Byte.SIZE | message[offset + 1] & LOW_BYTE_MASK;
    }
}
