package org.decoymx.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklists;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.dnsbl.DnsblResponse.ResponseKind;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.PolicyMode;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** DNS queries and responses in wire format. */
class DnsblResponderTest {
    private static final long NOW = Blocklists.NOW.getEpochSecond();
    private static final Blocklist BLOCKLIST = Blocklists.of(
            PolicyMode.ENFORCE,
            "192.0.2.1",
            "127.0.0.1",
            "198.51.100.0/24",
            "127.0.7.0/24",
            "2001:db8:1:2::/64",
            "2001:db8:1:2::1",
            "2001:db8:1:2::9",
            "255.255.255.255");
    private static final DnsblResponder.QueryContext UDP = new DnsblResponder.QueryContext(true, true, false);
    private static final DnsblResponder.QueryContext TCP = new DnsblResponder.QueryContext(false, true, false);
    private static final Name ZONE = Name.fromConstantString("bl.example.org.");
    private static final int COOKIE = 10;

    private final DnsblResponder responder = responder("bl.example.org", "https://decoy.example.org");

    private static DnsblResponder responder(String zone, String url) {
        return new DnsblResponder(new DnsblZone(zone, "mx9.example.org"), new RejectMessage(url));
    }

    private static Message question(String name, int type) {
        return Message.newQuery(Record.newRecord(Name.fromConstantString(name), type, DClass.IN));
    }

    /** The A or TXT query for an address (RFC 5782 section 2.1), also for an IPv4-mapped IPv6 address. */
    private static Message addressQuery(String address, int type) throws IOException {
        byte[] octets = NetUtil.createByteArrayFromIpAddressString(address);
        Name arpa = ReverseMap.fromAddress(octets);
        Name reversed = Name.concatenate(arpa.relativize(new Name(arpa, arpa.labels() - 3)), ZONE);
        return Message.newQuery(Record.newRecord(reversed, type, DClass.IN));
    }

    private Message respond(Message query) {
        return respond(query, UDP, BLOCKLIST);
    }

    private Message respond(Message query, DnsblResponder.QueryContext context, Blocklist blocklist) {
        byte[] octets =
                responder.answer(query.toWire(), context, blocklist, NOW).octets();
        try {
            Message answer = new Message(octets);
            assertThat(answer.getHeader().getID()).isEqualTo(query.getHeader().getID());
            assertThat(answer.getHeader().getFlag(Flags.QR)).isTrue();
            assertThat(answer.getHeader().getFlag(Flags.RA)).isFalse();
            return answer;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> records(Message message, int section) {
        return message.getSection(section).stream()
                .map(record -> record.getTTL() + " " + Type.string(record.getType()) + " " + record.rdataToString())
                .toList();
    }

    private void assertNotListed(String address) throws IOException {
        Message answer = respond(addressQuery(address, Type.A));
        assertThat(answer.getRcode()).as(address).isEqualTo(Rcode.NXDOMAIN);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
        assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(answer.getSection(Section.AUTHORITY)).singleElement().isInstanceOf(SOARecord.class);
    }

    private void assertListed(String address) throws IOException {
        Message answer = respond(addressQuery(address, Type.A));
        assertThat(answer.getRcode()).as(address).isEqualTo(Rcode.NOERROR);
        assertThat(records(answer, Section.ANSWER)).as(address).containsExactly("300 A 127.0.0.2");
        assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
    }

    @Example
    void listedAddress_hasAnARecord_andOthersAreNxdomain() throws IOException {
        assertListed("192.0.2.1");
        assertListed("198.51.100.0");
        assertListed("198.51.100.255");
        assertListed("255.255.255.255");
        assertListed("2001:db8:1:2::1");
        assertListed("2001:db8:1:2:ffff:ffff:ffff:ffff");
        assertListed("::ffff:192.0.2.1");
        assertNotListed("192.0.2.2");
        assertNotListed("198.51.101.0");
        assertNotListed("0.0.0.10");
        assertNotListed("2001:db8:1:3::1");
        assertNotListed("::ffff:192.0.2.2");
    }

    @Example
    void testEntries_withAnyBlocklist_followRfc5782() throws IOException {
        assertListed("127.0.0.2");
        assertListed("::ffff:127.0.0.2");
        assertNotListed("127.0.0.1");
        assertNotListed("::ffff:127.0.0.1");
        assertListed("127.0.7.1");
        Blocklist empty = Blocklists.of(PolicyMode.OBSERVE);
        assertThat(records(respond(addressQuery("127.0.0.2", Type.A), UDP, empty), Section.ANSWER))
                .containsExactly("300 A 127.0.0.2");
        assertThat(records(respond(addressQuery("127.0.0.2", Type.TXT), UDP, empty), Section.ANSWER))
                .containsExactly("300 TXT \"127.0.0.2 is always listed, for tests (RFC 5782 section 5).\"");
        assertThat(records(
                        respond(addressQuery("127.0.0.2", Type.TXT), UDP, Blocklists.of(PolicyMode.TRIAL)),
                        Section.ANSWER))
                .singleElement()
                .asString()
                .startsWith("300 TXT \"TRIAL: 127.0.0.2 is always listed");
        Blocklist aggregated = Blocklists.of(PolicyMode.TRIAL, "127.0.0.0/24");
        assertThat(respond(addressQuery("127.0.0.1", Type.A), UDP, aggregated).getRcode())
                .isEqualTo(Rcode.NXDOMAIN);
        assertThat(respond(addressQuery("127.0.0.3", Type.A), UDP, aggregated).getRcode())
                .isEqualTo(Rcode.NOERROR);
    }

    @Example
    void txt_ofASuspect_saysWhatHappensNext() throws IOException {
        assertThat(records(respond(addressQuery("2001:db8:1:2::9", Type.TXT)), Section.ANSWER))
                .containsExactly("300 TXT \"2001:db8:1:2::9 was caught by a decoy MX. Mail is deferred, not rejected."
                        + " It is accepted when your mail server tries again later."
                        + " See https://decoy.example.org/senders/2001:db8:1:2::9\"");
    }

    @Example
    void returnCode_ofASuspect_dependsOnItsBehavior() throws IOException {
        for (var expected : Map.of(Trait.NO_QUIT, "127.0.0.2", Trait.EARLY_TALKER, "127.0.0.3")
                .entrySet()) {
            ListingReason reason = new ListingReason(10, 3, 1, Set.of(expected.getKey()));
            Blocklist blocklist = Blocklists.of(PolicyMode.ENFORCE, reason, 3_600, List.of("192.0.2.1"));
            assertThat(records(respond(addressQuery("192.0.2.1", Type.A), UDP, blocklist), Section.ANSWER))
                    .containsExactly("300 A " + expected.getValue());
        }
    }

    @Example
    void confirmedSender_hasItsOwnReturnCode_andText() throws IOException {
        ListingReason reason = new ListingReason(10, 1, 1, Set.of(Trait.EARLY_TALKER));
        Blocklist blocklist = Blocklists.ofConfirmed(PolicyMode.ENFORCE, reason, List.of("192.0.2.1"));
        assertThat(records(respond(addressQuery("192.0.2.1", Type.A), UDP, blocklist), Section.ANSWER))
                .containsExactly("300 A 127.0.0.4");
        assertThat(records(respond(addressQuery("192.0.2.1", Type.TXT), UDP, blocklist), Section.ANSWER))
                .singleElement()
                .asString()
                .startsWith("300 TXT \"192.0.2.1 was caught by a decoy MX. Mail is rejected. It came")
                .endsWith("/senders/192.0.2.1\"");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "299, 299", "300, 300", "86400, 300"})
    void ttl_isTheRemainingTime_atMostFiveMinutes(long remaining, long ttl) throws IOException {
        Blocklist blocklist = Blocklists.of(
                PolicyMode.ENFORCE, new ListingReason(10, 1, 1, Set.of()), remaining, List.of("192.0.2.1"));
        assertThat(records(respond(addressQuery("192.0.2.1", Type.A), UDP, blocklist), Section.ANSWER))
                .containsExactly(ttl + " A 127.0.0.2");
        byte[] later = responder
                .answer(addressQuery("192.0.2.1", Type.A).toWire(), UDP, blocklist, NOW + remaining)
                .octets();
        assertThat(new Message(later).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @Example
    void apex_hasSoaAndNs_andNothingElse() {
        String soa = "60 SOA mx9.example.org. hostmaster.mx9.example.org. " + BLOCKLIST.version() + " 600 300 86400 60";
        assertThat(records(respond(question("bl.example.org.", Type.SOA)), Section.ANSWER))
                .containsExactly(soa);
        assertThat(records(respond(question("bl.example.org.", Type.ANY)), Section.ANSWER))
                .containsExactly(soa);
        assertThat(records(respond(question("bl.example.org.", Type.NS)), Section.ANSWER))
                .containsExactly("3600 NS mx9.example.org.");
        for (int type : new int[] {Type.A, Type.AAAA, Type.TXT, Type.MX, 65_280}) {
            Message answer = respond(question("bl.example.org.", type));
            assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(answer.getSection(Section.ANSWER)).isEmpty();
            assertThat(records(answer, Section.AUTHORITY)).containsExactly(soa);
        }
    }

    /** RFC 8020: NXDOMAIN also holds for all names below, so a name with listed addresses below it must exist. */
    @ParameterizedTest
    @CsvSource({
        "192, NOERROR",
        "0.192, NOERROR",
        "2.0.192, NOERROR",
        "3.0.192, NXDOMAIN",
        "193, NXDOMAIN",
        "100.51.198, NOERROR",
        "0.0.127, NOERROR",
        "127, NOERROR",
        "2, NOERROR",
        "0.2, NOERROR",
        "1.0.0.2, NOERROR",
        "2.0.0.2, NXDOMAIN",
        "0, NOERROR",
        "0.0.0.0.0.0.0.0, NOERROR",
        "1.0.0.0.0.0.0.0, NXDOMAIN",
        "2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2, NOERROR",
        "3.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2, NXDOMAIN",
        "f.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2, NOERROR",
        "8.b.d.0.1.0.0.2, NOERROR",
        "9.b.d.0.1.0.0.2, NXDOMAIN",
        "x, NXDOMAIN",
        "1.1.2.0.192, NXDOMAIN",
        "*.2.0.192, NXDOMAIN",
        "256, NXDOMAIN"
    })
    void nameWithNamesBelow_exists_withoutRecords(String labels, String code) {
        for (int type : new int[] {Type.A, Type.TXT, Type.NS, Type.ANY}) {
            Message answer = respond(question(labels + ".bl.example.org.", type));
            assertThat(Rcode.string(answer.getRcode())).as(labels).isEqualTo(code);
            assertThat(answer.getSection(Section.ANSWER)).isEmpty();
            assertThat(answer.getSection(Section.AUTHORITY)).singleElement().isInstanceOf(SOARecord.class);
        }
    }

    @Example
    void otherTypes_ofAListedAddress_haveNoData_andAnyHasOnlyTheARecord() throws IOException {
        for (int type : new int[] {Type.AAAA, Type.MX, Type.SOA, Type.NS, Type.PTR}) {
            Message answer = respond(addressQuery("192.0.2.1", type));
            assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(answer.getSection(Section.ANSWER)).isEmpty();
            assertThat(answer.getSection(Section.AUTHORITY)).hasSize(1);
        }
        assertThat(records(respond(addressQuery("192.0.2.1", Type.ANY)), Section.ANSWER))
                .containsExactly("300 A 127.0.0.2");
    }

    @ParameterizedTest
    @CsvSource({"example.org.", ".", "bl.example.com.", "xbl.example.org.", "org.", "version.bind."})
    void nameOutsideTheZone_isRefused(String name) {
        Message answer = respond(question(name, Type.A));
        assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(answer.getHeader().getFlag(Flags.AA)).isFalse();
        assertThat(answer.getSection(Section.AUTHORITY)).isEmpty();
    }

    @Example
    void transfersOtherClassesAndDisallowedClients_areRefused() throws IOException {
        assertThat(respond(question("bl.example.org.", Type.AXFR), TCP, BLOCKLIST)
                        .getRcode())
                .isEqualTo(Rcode.REFUSED);
        assertThat(respond(question("bl.example.org.", Type.IXFR)).getRcode()).isEqualTo(Rcode.REFUSED);
        for (int other : new int[] {DClass.CH, DClass.HS, DClass.NONE, DClass.ANY}) {
            Message answer = respond(Message.newQuery(Record.newRecord(ZONE, Type.TXT, other)));
            assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
            assertThat(answer.getHeader().getFlag(Flags.AA)).isFalse();
        }
        DnsblResponder.QueryContext disallowed = new DnsblResponder.QueryContext(true, false, false);
        Message answer = respond(addressQuery("192.0.2.1", Type.A), disallowed, BLOCKLIST);
        assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
    }

    @Example
    void response_repeatsTheNameInTheCaseOfTheQuery() {
        Name name = Name.fromConstantString("1.2.0.192.bL.ExAmPlE.oRg.");
        Message answer = respond(Message.newQuery(Record.newRecord(name, Type.A, DClass.IN)));
        assertThat(answer.getQuestion().getName().toString()).isEqualTo(name.toString());
        assertThat(answer.getSection(Section.ANSWER).get(0).getName().toString())
                .isEqualTo(name.toString());
    }

    @Example
    void edns_isAnswered_withoutCookies_andALaterVersionGetsBadvers() throws IOException {
        Message query = addressQuery("192.0.2.1", Type.A);
        query.addRecord(new OPTRecord(4_096, 0, 0, 0, new GenericEDNSOption(COOKIE, new byte[8])), Section.ADDITIONAL);
        OPTRecord opt = respond(query).getOPT();
        assertThat(opt.getPayloadSize()).isEqualTo(DnsMessageCodec.MAX_UDP_PAYLOAD);
        assertThat(opt.getOptions()).isEmpty();
        assertThat(respond(addressQuery("192.0.2.1", Type.A)).getOPT()).isNull();

        Message later = addressQuery("192.0.2.1", Type.A);
        later.addRecord(new OPTRecord(4_096, 0, 1), Section.ADDITIONAL);
        Message answer = respond(later);
        assertThat(answer.getRcode()).isEqualTo(Rcode.BADVERS);
        assertThat(answer.getOPT().getVersion()).isZero();
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();

        Message two = addressQuery("192.0.2.1", Type.A);
        two.addRecord(new OPTRecord(4_096, 0, 0), Section.ADDITIONAL);
        two.addRecord(new OPTRecord(1_232, 0, 0), Section.ADDITIONAL);
        assertThat(respond(two).getRcode()).isEqualTo(Rcode.FORMERR);
    }

    @Example
    void noQuestionOrTwo_isAFormatError_andOtherOpcodesAreNotImplemented() {
        Message none = new Message(7);
        assertThat(respond(none).getRcode()).isEqualTo(Rcode.FORMERR);
        Message two = question("1.2.0.192.bl.example.org.", Type.A);
        two.addRecord(two.getQuestion().withName(ZONE), Section.QUESTION);
        assertThat(respond(two).getRcode()).isEqualTo(Rcode.FORMERR);
        for (int opcode : new int[] {Opcode.IQUERY, Opcode.STATUS, Opcode.NOTIFY, Opcode.UPDATE, Opcode.DSO}) {
            Message other = question("bl.example.org.", Type.SOA);
            other.getHeader().setOpcode(opcode);
            assertThat(respond(other).getRcode()).as(Opcode.string(opcode)).isEqualTo(Rcode.NOTIMP);
        }
    }

    @Example
    void responsesAndIncompleteMessages_getNoResponse() throws IOException {
        Message answer = addressQuery("192.0.2.1", Type.A);
        answer.getHeader().setFlag(Flags.QR);
        assertThat(kind(answer.toWire())).isEqualTo(ResponseKind.DROPPED);
        byte[] complete = addressQuery("192.0.2.1", Type.A).toWire();
        for (int length = 0; length < complete.length; length++) {
            assertThat(kind(Arrays.copyOf(complete, length))).isEqualTo(ResponseKind.DROPPED);
        }
    }

    private ResponseKind kind(byte[] query) {
        return responder.answer(query, UDP, BLOCKLIST, NOW).kind();
    }

    /** The longest zone name, so that the name takes the octets that the TXT record would need. */
    @Example
    void responseThatDoesNotFit_isTruncated_andCompleteOverTcp() throws IOException {
        String label = "z".repeat(63);
        String zone = label + "." + label + "." + "z".repeat(61);
        assertThatThrownBy(() -> new DnsblZone(zone + "z", "")).isInstanceOf(IllegalArgumentException.class);
        DnsblResponder longest = responder(zone, "https://decoy.example.org/" + "x".repeat(60));
        Name name =
                Name.fromString("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2." + zone, Name.root);
        Message query = Message.newQuery(Record.newRecord(name, Type.TXT, DClass.IN));
        byte[] truncated = longest.answer(query.toWire(), UDP, BLOCKLIST, NOW).octets();
        assertThat(truncated.length).isLessThanOrEqualTo(512);
        assertThat(new Message(truncated).getHeader().getFlag(Flags.TC)).isTrue();
        Message complete =
                new Message(longest.answer(query.toWire(), TCP, BLOCKLIST, NOW).octets());
        assertThat(complete.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(records(complete, Section.ANSWER)).hasSize(1);
        query.addRecord(new OPTRecord(65_535, 0, 0), Section.ADDITIONAL);
        assertThat(records(
                        new Message(longest.answer(query.toWire(), UDP, BLOCKLIST, NOW)
                                .octets()),
                        Section.ANSWER))
                .hasSize(1);
    }

    @Example
    void truncatedResponse_hasOnlyTheQuestion() throws IOException {
        Message answer = respond(
                addressQuery("192.0.2.1", Type.A), new DnsblResponder.QueryContext(true, true, true), BLOCKLIST);
        assertThat(answer.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Property(tries = 5_000)
    void anyDatagram_getsABoundedResponse_orNone(@ForAll @Size(max = 600) byte[] datagram) {
        assertBounded(datagram);
    }

    /** A query with a few changed octets; random octets are seldom close to a query. */
    @Property(tries = 5_000)
    void queryWithChangedOctets_getsABoundedResponse_orNone(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int changes) throws IOException {
        Random random = new Random(seed);
        Message query =
                random.nextBoolean() ? addressQuery("192.0.2.1", Type.TXT) : addressQuery("2001:db8:1:2::1", Type.A);
        if (random.nextBoolean()) {
            query.addRecord(new OPTRecord(random.nextInt(65_536), 0, 0, 0), Section.ADDITIONAL);
        }
        byte[] datagram = query.toWire();
        for (int i = 0; i < changes; i++) {
            datagram[random.nextInt(datagram.length)] = (byte) random.nextInt(256);
        }
        assertBounded(datagram);
    }

    private void assertBounded(byte[] datagram) {
        DnsblResponse answer = responder.answer(datagram, UDP, BLOCKLIST, NOW);
        assertThat(answer.octets().length).isLessThanOrEqualTo(DnsMessageCodec.MAX_UDP_PAYLOAD);
        if (answer.octets().length > 0) {
            assertThat(answer.octets()[2] & 0x80).as("an answer").isEqualTo(0x80);
            assertThat(answer.octets()).startsWith(datagram[0], datagram[1]);
        }
    }
}
