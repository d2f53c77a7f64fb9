package org.decoymx.dnsbl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.decoymx.blocklist.Citation;
import org.decoymx.blocklist.Code;
import org.decoymx.blocklist.Listing;
import org.decoymx.dnsbl.Answer.Kind;
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
final class Responder {
    /** What passes every network in one piece, and the most that is sent over UDP. */
    static final int MAX_UDP = 1_232;

    /** The most over UDP to who does not say how much he takes (RFC 1035 section 2.3.4). */
    private static final int MIN_UDP = 512;

    /** Seconds that an answer about a listed address may be kept, if it is listed for as long. */
    private static final long MAX_TTL = 300;

    /** Bits of a code that the header has; the others are in the option (RFC 6891 section 6.1.3). */
    private static final int HEADER_BITS = 4;

    /** Where a header counts its records, and the fewest octets of a question and of a record (RFC 1035 section 4.1). */
    private static final int COUNTS = 4;

    private static final int MIN_QUESTION = 5;
    private static final int MIN_RECORD = 11;

    private final Zone zone;
    private final Citation citation;

    Responder(Zone zone, Citation citation) {
        this.zone = zone;
        this.citation = citation;
    }

    /**
     * How a question came.
     *
     * @param udp whether an answer may have to be cut
     * @param allowed whether the asker may ask
     * @param cut whether he has to ask again over TCP
     */
    record Asked(boolean udp, boolean allowed, boolean cut) {}

    /**
     * Answers a message.
     *
     * @param now seconds since 1970
     */
    Answer answer(byte[] octets, Asked asked, Listing listing, long now) {
        if (!hasRoomForItsCounts(octets)) {
            return Answer.SILENCE;
        }
        Message query;
        try {
            query = new Message(octets);
        } catch (IOException | RuntimeException e) {
            return Answer.SILENCE;
        }
        if (query.getHeader().getFlag(Flags.QR)) {
            return Answer.SILENCE;
        }
        Message reply = reply(query);
        Kind kind = asked.cut() ? cut(query, reply) : fill(query, reply, asked.allowed(), listing, now);
        return new Answer(kind, asked.udp() ? reply.toWire(room(query)) : reply.toWire());
    }

    /** Whether as many records as the header tells of can be there: the parser makes room for all of them first. */
    private static boolean hasRoomForItsCounts(byte[] octets) {
        if (octets.length < Header.LENGTH) {
            return false;
        }
        ByteBuffer counts = ByteBuffer.wrap(octets).position(COUNTS);
        int least = Header.LENGTH + MIN_QUESTION * Short.toUnsignedInt(counts.getShort());
        while (counts.position() < Header.LENGTH) {
            least += MIN_RECORD * Short.toUnsignedInt(counts.getShort());
        }
        return least <= octets.length;
    }

    private static Message reply(Message query) {
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
            reply.addRecord(opt(opt, Rcode.NOERROR), Section.ADDITIONAL);
        }
        return reply;
    }

    /** Of the flags that were asked with DO alone is sent back, others are zero (RFC 6891 section 6.1.4). */
    private static OPTRecord opt(OPTRecord asked, int code) {
        return new OPTRecord(MAX_UDP, code >> HEADER_BITS, 0, asked.getFlags() & ExtendedFlags.DO);
    }

    /** RFC 6891 section 6.2.3: less than 512 counts as 512. */
    private static int room(Message query) {
        OPTRecord opt = query.getOPT();
        return opt == null ? MIN_UDP : Math.max(MIN_UDP, Math.min(MAX_UDP, opt.getPayloadSize()));
    }

    private static Kind cut(Message query, Message reply) {
        if (query.getSection(Section.QUESTION).size() != 1) {
            return error(reply, Rcode.FORMERR);
        }
        reply.getHeader().setFlag(Flags.TC);
        return Kind.CUT;
    }

    private Kind fill(Message query, Message reply, boolean allowed, Listing listing, long now) {
        if (query.getHeader().getOpcode() != Opcode.QUERY) {
            return error(reply, Rcode.NOTIMP);
        }
        if (query.getSection(Section.QUESTION).size() != 1 || options(query) > 1) {
            return error(reply, Rcode.FORMERR);
        }
        OPTRecord opt = query.getOPT();
        if (opt != null && opt.getVersion() > 0) {
            return badVersion(reply, opt);
        }
        Record question = query.getQuestion();
        int labels = zone.labelsBelow(question.getName());
        boolean foreign = question.getDClass() != DClass.IN || labels < 0;
        boolean transfer = question.getType() == Type.AXFR || question.getType() == Type.IXFR;
        if (!allowed || foreign || transfer) {
            reply.getHeader().setRcode(Rcode.REFUSED);
            return Kind.REFUSED;
        }
        reply.getHeader().setFlag(Flags.AA);
        return labels == 0
                ? apex(question, reply, listing)
                : below(question, ReversedName.of(question.getName(), labels), reply, listing, now);
    }

    private static Kind error(Message reply, int code) {
        reply.getHeader().setRcode(code);
        return Kind.ERROR;
    }

    /** RFC 6891 section 6.1.3: with the version that is understood, and nothing else. */
    private static Kind badVersion(Message reply, OPTRecord opt) {
        reply.removeAllRecords(Section.ADDITIONAL);
        reply.addRecord(opt(opt, Rcode.BADVERS), Section.ADDITIONAL);
        return Kind.ERROR;
    }

    private static long options(Message query) {
        return query.getSection(Section.ADDITIONAL).stream()
                .filter(extra -> extra.getType() == Type.OPT)
                .count();
    }

    private Kind apex(Record question, Message reply, Listing listing) {
        switch (question.getType()) {
            case Type.SOA, Type.ANY -> reply.addRecord(zone.soa(listing.version()), Section.ANSWER);
            case Type.NS -> reply.addRecord(zone.ns(), Section.ANSWER);
            default -> reply.addRecord(zone.soa(listing.version()), Section.AUTHORITY);
        }
        return Kind.OTHER;
    }

    private Kind below(Record question, ReversedName name, Message reply, Listing listing, long now) {
        if (name.address().filter(Address.TEST::equals).isPresent()) {
            return listed(
                    question, reply, listing, new Found(Code.CAUGHT, MAX_TTL, Citation.ofTestEntry(listing.mode())));
        }
        Optional<Listing.Entry> entry = name.address()
                .filter(address -> !address.isNeverListed())
                .flatMap(address -> listing.find(address.origin()))
                .filter(found -> found.until() > now);
        if (entry.isPresent()) {
            Found found = found(question, name.address().orElseThrow(), entry.get(), listing, now);
            return listed(question, reply, listing, found);
        }
        reply.addRecord(zone.soa(listing.version()), Section.AUTHORITY);
        if (name.networks().stream().anyMatch(network -> hasNames(network, listing))) {
            return Kind.OTHER;
        }
        reply.getHeader().setRcode(Rcode.NXDOMAIN);
        return Kind.UNLISTED;
    }

    /** RFC 8020: a name that has others below it is there, though it has no records. */
    private static boolean hasNames(Prefix network, Listing listing) {
        return network.contains(Address.TEST) || listing.hasAny(network.first(), network.length());
    }

    private record Found(Code code, long ttl, String text) {}

    private Found found(Record question, Address address, Listing.Entry entry, Listing listing, long now) {
        boolean told = question.getType() == Type.TXT;
        return new Found(
                entry.code(),
                Math.min(MAX_TTL, entry.until() - now),
                told ? citation.of(address.text(), entry, listing.mode()) : "");
    }

    /** To ANY the address alone is an answer (RFC 8482 section 4.1). */
    private Kind listed(Record question, Message reply, Listing listing, Found found) {
        Name name = question.getName();
        switch (question.getType()) {
            case Type.A, Type.ANY -> reply.addRecord(zone.a(name, found.ttl(), found.code()), Section.ANSWER);
            case Type.TXT -> reply.addRecord(zone.txt(name, found.ttl(), found.text()), Section.ANSWER);
            default -> {
                reply.addRecord(zone.soa(listing.version()), Section.AUTHORITY);
                return Kind.OTHER;
            }
        }
        return Kind.LISTED;
    }
}
