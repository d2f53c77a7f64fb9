package org.decoymx.dnsbl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Reads queries, and creates and writes replies: the header, the question, EDNS and the maximum size. */
final class DnsMessageCodec {
    /** Maximum octets over UDP: such a datagram passes every network without fragmentation. */
    static final int MAX_UDP_PAYLOAD = 1_232;

    /** Maximum octets over UDP to a client without EDNS (RFC 1035 section 2.3.4). */
    private static final int DEFAULT_UDP_PAYLOAD = 512;

    /** RCODE bits in the header; the OPT record has the upper bits (RFC 6891 section 6.1.3). */
    private static final int HEADER_RCODE_BITS = 4;

    /** The offset of the record counts in the header, and the minimum octets of records (RFC 1035 section 4.1). */
    private static final int COUNTS_OFFSET = 4;

    private static final int MIN_QUESTION_OCTETS = 5;
    private static final int MIN_RECORD_OCTETS = 11;

    private DnsMessageCodec() {}

    /** Reads a query; empty if the octets are not a DNS message, or a response, or have a compressed question. */
    static Optional<Message> parseQuery(byte[] octets) {
        if (!canHoldCountedRecords(octets)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Message(octets))
                    .filter(query -> !query.getHeader().getFlag(Flags.QR) && isQuestionPlain(query, octets));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Whether the message is long enough for its record counts; the parser allocates room for all records first. */
    private static boolean canHoldCountedRecords(byte[] octets) {
        if (octets.length < Header.LENGTH) {
            return false;
        }
        ByteBuffer counts = ByteBuffer.wrap(octets).position(COUNTS_OFFSET);
        int minLength = Header.LENGTH + MIN_QUESTION_OCTETS * Short.toUnsignedInt(counts.getShort());
        while (counts.position() < Header.LENGTH) {
            minLength += MIN_RECORD_OCTETS * Short.toUnsignedInt(counts.getShort());
        }
        return minLength <= octets.length;
    }

    /** Whether the name of the question is not compressed, which would make a refusal longer than the query. */
    private static boolean isQuestionPlain(Message query, byte[] octets) {
        if (query.getQuestion() == null) {
            return true;
        }
        byte[] name = query.getQuestion().getName().toWire();
        int end = Math.min(octets.length, Header.LENGTH + name.length);
        return Arrays.equals(name, 0, name.length, octets, Header.LENGTH, end);
    }

    /** A reply without records, except the question and, if the query has one, the OPT record. */
    static Message newReply(Message query) {
        Header queryHeader = query.getHeader();
        Message reply = new Message(queryHeader.getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setOpcode(queryHeader.getOpcode());
        if (queryHeader.getFlag(Flags.RD)) {
            reply.getHeader().setFlag(Flags.RD);
        }
        if (query.getSection(Section.QUESTION).size() == 1) {
            reply.addRecord(query.getQuestion(), Section.QUESTION);
        }
        OPTRecord opt = query.getOPT();
        if (opt != null) {
            reply.addRecord(newOptRecord(opt, Rcode.NOERROR), Section.ADDITIONAL);
        }
        return reply;
    }

    /** Returns only the DO flag of the query; other flags are zero (RFC 6891 section 6.1.4). */
    private static OPTRecord newOptRecord(OPTRecord queryOpt, int code) {
        return new OPTRecord(MAX_UDP_PAYLOAD, code >> HEADER_RCODE_BITS, 0, queryOpt.getFlags() & ExtendedFlags.DO);
    }

    /** RFC 6891 section 6.2.3: values below 512 count as 512. */
    private static int maxResponseSize(Message query) {
        OPTRecord opt = query.getOPT();
        return opt == null
                ? DEFAULT_UDP_PAYLOAD
                : Math.max(DEFAULT_UDP_PAYLOAD, Math.min(MAX_UDP_PAYLOAD, opt.getPayloadSize()));
    }

    /** Writes a reply; over UDP it is truncated to the size that the client accepts. */
    static byte[] toWire(Message query, Message reply, boolean udp) {
        return udp ? reply.toWire(maxResponseSize(query)) : reply.toWire();
    }

    /** RFC 6891 section 6.1.3: the response has the supported version, and nothing else. */
    static void setBadVersion(Message reply, OPTRecord opt) {
        reply.removeAllRecords(Section.ADDITIONAL);
        reply.addRecord(newOptRecord(opt, Rcode.BADVERS), Section.ADDITIONAL);
    }

    static long countOptRecords(Message query) {
        return query.getSection(Section.ADDITIONAL).stream()
                .filter(extra -> extra.getType() == Type.OPT)
                .count();
    }
}
