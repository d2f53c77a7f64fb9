package org.decoymx.dnsbl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.blocklist.ReturnCode;
import org.decoymx.dnsbl.DnsblResponse.ResponseKind;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Answers questions of DNS from the list, as an authoritative server (RFC 1034 section 4.3.2) of a list as RFC 5782 has
 * it. It does no I/O. What is no question gets no answer at all, so that nobody can be made to send any.
 */
final class DnsblResponder {
    /** What passes every network in one piece, and the most that is sent over UDP. */
    static final int MAX_UDP_PAYLOAD = 1_232;

    /** The most over UDP to who does not say how much he takes (RFC 1035 section 2.3.4). */
    private static final int DEFAULT_UDP_PAYLOAD = 512;

    /** Seconds that an answer about a listed address may be kept, if it is listed for as long. */
    private static final long MAX_TTL = 300;

    /** Bits of a code that the header has; the others are in the option (RFC 6891 section 6.1.3). */
    private static final int HEADER_RCODE_BITS = 4;

    /** Where a header counts its records, and the fewest octets of a question and of a record (RFC 1035 section 4.1). */
    private static final int COUNTS_OFFSET = 4;

    private static final int MIN_QUESTION_OCTETS = 5;
    private static final int MIN_RECORD_OCTETS = 11;

    private final DnsblZone zone;
    private final RejectMessage rejectMessage;

    DnsblResponder(DnsblZone zone, RejectMessage citation) {
        this.zone = zone;
        this.rejectMessage = citation;
    }

    /**
     * How a question came.
     *
     * @param udp whether an answer may have to be cut
     * @param allowed whether the asker may ask
     * @param truncate whether he has to ask again over TCP
     */
    record QueryContext(boolean udp, boolean allowed, boolean truncate) {}

    /**
     * Answers a message.
     *
     * @param now seconds since 1970
     */
    DnsblResponse answer(byte[] octets, QueryContext asked, Blocklist listing, long now) {
        if (!canHoldCountedRecords(octets)) {
            return DnsblResponse.NO_RESPONSE;
        }
        Message query;
        try {
            query = new Message(octets);
        } catch (IOException | RuntimeException e) {
            return DnsblResponse.NO_RESPONSE;
        }
        if (query.getHeader().getFlag(Flags.QR)) {
            return DnsblResponse.NO_RESPONSE;
        }
        Message reply = newReply(query);
        ResponseKind kind =
                asked.truncate() ? truncate(query, reply) : fillReply(query, reply, asked.allowed(), listing, now);
        return new DnsblResponse(kind, asked.udp() ? reply.toWire(maxResponseSize(query)) : reply.toWire());
    }

    /** Whether as many records as the header tells of can be there: the parser makes room for all of them first. */
    private static boolean canHoldCountedRecords(byte[] octets) {
        if (octets.length < Header.LENGTH) {
            return false;
        }
        ByteBuffer counts = ByteBuffer.wrap(octets).position(COUNTS_OFFSET);
        int least = Header.LENGTH + MIN_QUESTION_OCTETS * Short.toUnsignedInt(counts.getShort());
        while (counts.position() < Header.LENGTH) {
            least += MIN_RECORD_OCTETS * Short.toUnsignedInt(counts.getShort());
        }
        return least <= octets.length;
    }

    private static Message newReply(Message query) {
        Header asked = query.getHeader();
        Message reply = new Message(asked.getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setOpcode(asked.getOpcode());
        if (asked.getFlag(Flags.RD)) {
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

    /** Of the flags that were asked with DO alone is sent back, others are zero (RFC 6891 section 6.1.4). */
    private static OPTRecord newOptRecord(OPTRecord asked, int code) {
        return new OPTRecord(MAX_UDP_PAYLOAD, code >> HEADER_RCODE_BITS, 0, asked.getFlags() & ExtendedFlags.DO);
    }

    /** RFC 6891 section 6.2.3: less than 512 counts as 512. */
    private static int maxResponseSize(Message query) {
        OPTRecord opt = query.getOPT();
        return opt == null
                ? DEFAULT_UDP_PAYLOAD
                : Math.max(DEFAULT_UDP_PAYLOAD, Math.min(MAX_UDP_PAYLOAD, opt.getPayloadSize()));
    }

    private static ResponseKind truncate(Message query, Message reply) {
        if (query.getSection(Section.QUESTION).size() != 1) {
            return setError(reply, Rcode.FORMERR);
        }
        reply.getHeader().setFlag(Flags.TC);
        return ResponseKind.CUT;
    }

    private ResponseKind fillReply(Message query, Message reply, boolean allowed, Blocklist listing, long now) {
        if (query.getHeader().getOpcode() != Opcode.QUERY) {
            return setError(reply, Rcode.NOTIMP);
        }
        if (query.getSection(Section.QUESTION).size() != 1 || countOptRecords(query) > 1) {
            return setError(reply, Rcode.FORMERR);
        }
        OPTRecord opt = query.getOPT();
        if (opt != null && opt.getVersion() > 0) {
            return setBadVersion(reply, opt);
        }
        Record question = query.getQuestion();
        int labels = zone.labelsBelow(question.getName());
        boolean foreign = question.getDClass() != DClass.IN || labels < 0;
        boolean transfer = question.getType() == Type.AXFR || question.getType() == Type.IXFR;
        if (!allowed || foreign || transfer) {
            reply.getHeader().setRcode(Rcode.REFUSED);
            return ResponseKind.REFUSED;
        }
        reply.getHeader().setFlag(Flags.AA);
        return labels == 0
                ? answerApex(question, reply, listing)
                : answerBelowApex(question, ReversedName.parse(question.getName(), labels), reply, listing, now);
    }

    private static ResponseKind setError(Message reply, int code) {
        reply.getHeader().setRcode(code);
        return ResponseKind.ERROR;
    }

    /** RFC 6891 section 6.1.3: with the version that is understood, and nothing else. */
    private static ResponseKind setBadVersion(Message reply, OPTRecord opt) {
        reply.removeAllRecords(Section.ADDITIONAL);
        reply.addRecord(newOptRecord(opt, Rcode.BADVERS), Section.ADDITIONAL);
        return ResponseKind.ERROR;
    }

    private static long countOptRecords(Message query) {
        return query.getSection(Section.ADDITIONAL).stream()
                .filter(extra -> extra.getType() == Type.OPT)
                .count();
    }

    private ResponseKind answerApex(Record question, Message reply, Blocklist listing) {
        switch (question.getType()) {
            case Type.SOA, Type.ANY -> reply.addRecord(zone.soaRecord(listing.version()), Section.ANSWER);
            case Type.NS -> reply.addRecord(zone.nsRecord(), Section.ANSWER);
            default -> reply.addRecord(zone.soaRecord(listing.version()), Section.AUTHORITY);
        }
        return ResponseKind.OTHER;
    }

    private ResponseKind answerBelowApex(
            Record question, ReversedName name, Message reply, Blocklist listing, long now) {
        if (name.address().filter(QueriedAddress.TEST_ENTRY::equals).isPresent()) {
            return addListedAnswer(
                    question,
                    reply,
                    listing,
                    new ListedAnswer(ReturnCode.CAUGHT, MAX_TTL, RejectMessage.formatTestEntry(listing.mode())));
        }
        Optional<Blocklist.BlocklistEntry> entry = name.address()
                .filter(address -> !address.isNeverListed())
                .flatMap(address -> listing.findEntry(address.origin()))
                .filter(found -> found.until() > now);
        if (entry.isPresent()) {
            ListedAnswer found = listedAnswer(question, name.address().orElseThrow(), entry.get(), listing, now);
            return addListedAnswer(question, reply, listing, found);
        }
        reply.addRecord(zone.soaRecord(listing.version()), Section.AUTHORITY);
        if (name.networks().stream().anyMatch(network -> hasNamesBelow(network, listing))) {
            return ResponseKind.OTHER;
        }
        reply.getHeader().setRcode(Rcode.NXDOMAIN);
        return ResponseKind.UNLISTED;
    }

    /** RFC 8020: a name that has others below it is there, though it has no records. */
    private static boolean hasNamesBelow(QueriedPrefix network, Blocklist listing) {
        return network.contains(QueriedAddress.TEST_ENTRY) || listing.overlaps(network.first(), network.length());
    }

    private record ListedAnswer(ReturnCode code, long ttl, String text) {}

    private ListedAnswer listedAnswer(
            Record question, QueriedAddress address, Blocklist.BlocklistEntry entry, Blocklist listing, long now) {
        boolean told = question.getType() == Type.TXT;
        return new ListedAnswer(
                entry.code(),
                Math.min(MAX_TTL, entry.until() - now),
                told ? rejectMessage.format(address.text(), entry, listing.mode()) : "");
    }

    /** To ANY the address alone is an answer (RFC 8482 section 4.1). */
    private ResponseKind addListedAnswer(Record question, Message reply, Blocklist listing, ListedAnswer found) {
        Name name = question.getName();
        switch (question.getType()) {
            case Type.A, Type.ANY -> reply.addRecord(zone.aRecord(name, found.ttl(), found.code()), Section.ANSWER);
            case Type.TXT -> reply.addRecord(zone.txtRecord(name, found.ttl(), found.text()), Section.ANSWER);
            default -> {
                reply.addRecord(zone.soaRecord(listing.version()), Section.AUTHORITY);
                return ResponseKind.OTHER;
            }
        }
        return ResponseKind.LISTED;
    }
}
