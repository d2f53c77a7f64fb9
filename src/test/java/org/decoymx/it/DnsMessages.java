package org.decoymx.it;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Messages of DNS, octet by octet, as no library would write them (RFC 1035 section 4.1). */
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
     * @param counts of the four sections
     */
    static byte[] header(int id, int flags, int... counts) {
        return join(shorts(id, flags), shorts(Arrays.copyOf(counts, 4)));
    }

    /** A question of class IN without EDNS. */
    static byte[] question(int id, String name, int type) {
        return join(header(id, 0, 1), questionEntry(name(name), type, IN));
    }

    /** A question with what follows it as one additional record. */
    static byte[] question(int id, String name, int type, byte[] additional) {
        return join(header(id, 0, 1, 0, 0, 1), questionEntry(name(name), type, IN), additional);
    }

    /** An entry of the question section. */
    static byte[] questionEntry(byte[] name, int type, int dnsClass) {
        return join(name, shorts(type, dnsClass));
    }

    /** A name as it is sent, without compression. */
    static byte[] name(String text) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (String label : text.split("\\.", -1)) {
            octets.write(label.length());
            octets.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        octets.write(0);
        return octets.toByteArray();
    }

    /** The OPT record of EDNS (RFC 6891 section 6.1.2). */
    static byte[] opt(int payload, int version, byte[] options) {
        return join(new byte[1], shorts(OPT, payload, version, 0, options.length), options);
    }

    /** An option of EDNS. */
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

    /** The code in the header. */
    static int rcode(byte[] message) {
        return message[FLAGS_OFFSET + 1] & RCODE_MASK;
    }

    /** Whether it was cut. */
    static boolean isTruncated(byte[] message) {
        return (message[FLAGS_OFFSET] & TC) != 0;
    }

    /** How many records there are in the answer section. */
    static int answerCount(byte[] message) {
        return readShort(message, 6);
    }

    /** How many there are in the additional section; the last octet of its count is enough. */
    static int additionalCount(byte[] message) {
        return message[ARCOUNT_OFFSET] & LOW_BYTE_MASK;
    }

    private static int readShort(byte[] message, int at) {
        return (message[at] & LOW_BYTE_MASK) << Byte.SIZE | message[at + 1] & LOW_BYTE_MASK;
    }
}
