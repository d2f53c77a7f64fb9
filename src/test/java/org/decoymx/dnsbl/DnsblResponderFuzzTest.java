package org.decoymx.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklists;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.dnsbl.DnsblResponder.QueryContext;
import org.decoymx.dnsbl.DnsblResponse.ResponseKind;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.PolicyMode;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** Any octets in place of a DNS query. */
class DnsblResponderFuzzTest {
    private static final Blocklist BLOCKLIST =
            Blocklists.of(PolicyMode.ENFORCE, "192.0.2.1", "198.51.100.0/24", "2001:db8:1:2::/64", "2001:db8:1:2::1");
    private static final DnsblResponder RESPONDER = new DnsblResponder(
            new DnsblZone("bl.example.org", "mx9.example.org"), new RejectMessage("https://decoy.example.org"));
    private static final List<Name> LISTED =
            List.of(name("192.0.2.1"), name("198.51.100.7"), name("2001:db8:1:2::7"), name("127.0.0.2"));
    private static final int HEADER_OCTETS = 12;

    @FuzzTest
    void octets_getAResponseToTheirQuery_orNone(byte[] query) throws IOException {
        for (boolean udp : new boolean[] {true, false}) {
            for (boolean allowed : new boolean[] {true, false}) {
                assertResponse(query, new QueryContext(udp, allowed, false));
            }
        }
        assertResponse(query, new QueryContext(true, true, true));
    }

    private static void assertResponse(byte[] query, QueryContext context) throws IOException {
        DnsblResponse response = RESPONDER.answer(query, context, BLOCKLIST, Blocklists.NOW.getEpochSecond());
        byte[] octets = response.octets();
        if (octets.length == 0) {
            return;
        }
        assertThat(query.length).isGreaterThanOrEqualTo(HEADER_OCTETS);
        Message reply = new Message(octets);
        assertThat(octets[0]).isEqualTo(query[0]);
        assertThat(octets[1]).isEqualTo(query[1]);
        assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
        assertThat(reply.getHeader().getFlag(Flags.RA)).isFalse();
        if (context.udp()) {
            assertThat(octets).hasSizeLessThanOrEqualTo(1_232);
        }
        if (context.truncate() || !context.allowed()) {
            assertThat(octets.length).isLessThanOrEqualTo(query.length);
        }
        if (response.kind() == ResponseKind.UNLISTED) {
            Name name = reply.getQuestion().getName();
            assertThat(LISTED).noneMatch(listed -> listed.subdomain(name));
        }
        if (Set.of(ResponseKind.LISTED, ResponseKind.UNLISTED, ResponseKind.OTHER)
                        .contains(response.kind())
                && reply.getQuestion().getType() == Type.A) {
            assertThat(response.kind() == ResponseKind.LISTED)
                    .isEqualTo(isListed(reply.getQuestion().getName()));
        }
    }

    private static Name name(String address) {
        IpPrefix parsed = IpText.parseAddress(address).orElseThrow();
        return Name.fromConstantString(IpText.reverse(parsed) + ".bl.example.org.");
    }

    private static boolean isListed(Name name) {
        String[] labels = name.toString().split("\\.", -1);
        StringBuilder text = new StringBuilder();
        int count = labels.length - 4;
        for (int i = count - 1; i >= 0; i--) {
            text.append(labels[i]).append(i > 0 && count == 4 ? "." : i > 0 && i % 4 == 0 ? ":" : "");
        }
        return (count == 4 || count == 32 && Stream.of(labels).limit(count).allMatch(label -> label.length() == 1))
                && IpText.parseAddress(text.toString())
                        .filter(address -> address.toString().equals("127.0.0.2")
                                || BLOCKLIST.findEntry(address).isPresent())
                        .isPresent();
    }
}
