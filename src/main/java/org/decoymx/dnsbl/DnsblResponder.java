package org.decoymx.dnsbl;

import java.util.Optional;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.blocklist.ReturnCode;
import org.decoymx.dnsbl.DnsblResponse.ResponseKind;
import org.decoymx.net.IpPrefix;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Answers DNS queries from the blocklist, as an authoritative server (RFC 1034 section 4.3.2) of a DNSBL (RFC 5782). It
 * does no I/O. A message that is not a query gets no response, so that two servers cannot answer each other endlessly.
 */
final class DnsblResponder {
    /** The address that is always listed (RFC 5782 section 5); the names above it exist too. */
    private static final IpPrefix TEST_ENTRY = IpPrefix.ofBits(false, ReturnCode.ALWAYS_LISTED);

    private static final IpPrefix NEVER_LISTED = IpPrefix.ofBits(false, ReturnCode.NEVER_LISTED);

    /** Maximum TTL in seconds of a listed address; shorter if the listing ends earlier. */
    private static final long MAX_TTL = 300;

    private final DnsblZone zone;
    private final RejectMessage rejectMessage;

    DnsblResponder(DnsblZone zone, RejectMessage rejectMessage) {
        this.zone = zone;
        this.rejectMessage = rejectMessage;
    }

    /**
     * How a query arrived.
     *
     * @param udp whether the response may have to be truncated
     * @param allowed whether the client may query
     * @param truncate whether the client has to retry over TCP
     */
    record QueryContext(boolean udp, boolean allowed, boolean truncate) {}

    /**
     * Responds to a message.
     *
     * @param now seconds since 1970
     */
    DnsblResponse answer(byte[] octets, QueryContext context, Blocklist blocklist, long now) {
        return DnsMessageCodec.parseQuery(octets)
                .map(query -> answer(query, context, blocklist, now))
                .orElse(DnsblResponse.NO_RESPONSE);
    }

    private DnsblResponse answer(Message query, QueryContext context, Blocklist blocklist, long now) {
        Message reply = DnsMessageCodec.newReply(query);
        ResponseKind kind = context.truncate()
                ? truncate(query, reply)
                : fillReply(query, reply, context.allowed(), blocklist, now);
        return new DnsblResponse(kind, DnsMessageCodec.toWire(query, reply, context.udp()));
    }

    private static ResponseKind truncate(Message query, Message reply) {
        if (query.getSection(Section.QUESTION).size() != 1) {
            return setError(reply, Rcode.FORMERR);
        }
        reply.getHeader().setFlag(Flags.TC);
        return ResponseKind.CUT;
    }

    private ResponseKind fillReply(Message query, Message reply, boolean allowed, Blocklist blocklist, long now) {
        if (query.getHeader().getOpcode() != Opcode.QUERY) {
            return setError(reply, Rcode.NOTIMP);
        }
        if (query.getSection(Section.QUESTION).size() != 1 || DnsMessageCodec.countOptRecords(query) > 1) {
            return setError(reply, Rcode.FORMERR);
        }
        OPTRecord opt = query.getOPT();
        if (opt != null && opt.getVersion() > 0) {
            DnsMessageCodec.setBadVersion(reply, opt);
            return ResponseKind.ERROR;
        }
        Record question = query.getQuestion();
        int labels = zone.labelsBelow(question.getName());
        boolean outsideZone = question.getDClass() != DClass.IN || labels < 0;
        boolean transfer = question.getType() == Type.AXFR || question.getType() == Type.IXFR;
        if (!allowed || outsideZone || transfer) {
            reply.getHeader().setRcode(Rcode.REFUSED);
            return ResponseKind.REFUSED;
        }
        reply.getHeader().setFlag(Flags.AA);
        return labels == 0
                ? answerApex(question, reply, blocklist)
                : answerBelowApex(question, ReversedName.parse(question.getName(), labels), reply, blocklist, now);
    }

    private static ResponseKind setError(Message reply, int code) {
        reply.getHeader().setRcode(code);
        return ResponseKind.ERROR;
    }

    private ResponseKind answerApex(Record question, Message reply, Blocklist blocklist) {
        switch (question.getType()) {
            case Type.SOA, Type.ANY -> reply.addRecord(zone.soaRecord(blocklist.version()), Section.ANSWER);
            case Type.NS -> reply.addRecord(zone.nsRecord(), Section.ANSWER);
            default -> reply.addRecord(zone.soaRecord(blocklist.version()), Section.AUTHORITY);
        }
        return ResponseKind.OTHER;
    }

    private ResponseKind answerBelowApex(
            Record question, ReversedName name, Message reply, Blocklist blocklist, long now) {
        if (name.address().filter(TEST_ENTRY::equals).isPresent()) {
            return addListedAnswer(
                    question,
                    reply,
                    blocklist,
                    new ListedAnswer(ReturnCode.SUSPECT, MAX_TTL, RejectMessage.formatTestEntry(blocklist.mode())));
        }
        Optional<Blocklist.BlocklistEntry> entry = name.address()
                .filter(address -> !address.equals(NEVER_LISTED))
                .flatMap(blocklist::findEntry)
                .filter(found -> found.until() > now);
        if (entry.isPresent()) {
            ListedAnswer answer = listedAnswer(question, name.address().orElseThrow(), entry.get(), blocklist, now);
            return addListedAnswer(question, reply, blocklist, answer);
        }
        reply.addRecord(zone.soaRecord(blocklist.version()), Section.AUTHORITY);
        if (name.networks().stream().anyMatch(network -> hasNamesBelow(network, blocklist))) {
            return ResponseKind.OTHER;
        }
        reply.getHeader().setRcode(Rcode.NXDOMAIN);
        return ResponseKind.UNLISTED;
    }

    /** RFC 8020: a name with other names below it exists, even if it has no records. */
    private static boolean hasNamesBelow(IpPrefix network, Blocklist blocklist) {
        return network.contains(TEST_ENTRY) || blocklist.overlaps(network);
    }

    private record ListedAnswer(ReturnCode code, long ttl, String text) {}

    private ListedAnswer listedAnswer(
            Record question, IpPrefix address, Blocklist.BlocklistEntry entry, Blocklist blocklist, long now) {
        boolean txt = question.getType() == Type.TXT;
        return new ListedAnswer(
                entry.code(),
                Math.min(MAX_TTL, entry.until() - now),
                txt ? rejectMessage.formatByTier(address.toString(), entry, blocklist.mode()) : "");
    }

    /** An ANY query gets the A record only (RFC 8482 section 4.1). */
    private ResponseKind addListedAnswer(Record question, Message reply, Blocklist blocklist, ListedAnswer answer) {
        Name name = question.getName();
        switch (question.getType()) {
            case Type.A, Type.ANY -> reply.addRecord(zone.aRecord(name, answer.ttl(), answer.code()), Section.ANSWER);
            case Type.TXT -> reply.addRecord(zone.txtRecord(name, answer.ttl(), answer.text()), Section.ANSWER);
            default -> {
                reply.addRecord(zone.soaRecord(blocklist.version()), Section.AUTHORITY);
                return ResponseKind.OTHER;
            }
        }
        return ResponseKind.LISTED;
    }
}
