package org.decoymx.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklists;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.dnsbl.DnsblResponder.QueryContext;
import org.decoymx.policy.PolicyMode;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/** Any octets in place of a DNS query. */
class DnsblResponderFuzzTest {
    private static final Blocklist BLOCKLIST =
            Blocklists.of(PolicyMode.ENFORCE, "192.0.2.1", "198.51.100.0/24", "2001:db8:1:2::/64", "2001:db8:1:2::1");
    private static final DnsblResponder RESPONDER = new DnsblResponder(
            new DnsblZone("bl.example.org", "mx9.example.org"), new RejectMessage("https://decoy.example.org"));
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
        byte[] octets = RESPONDER
                .answer(query, context, BLOCKLIST, Blocklists.NOW.getEpochSecond())
                .octets();
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
            assertThat(octets.length).isLessThanOrEqualTo(query.length + 11 + HEADER_OCTETS);
        }
    }
}
