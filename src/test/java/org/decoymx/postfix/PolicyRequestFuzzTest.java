package org.decoymx.postfix;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklists;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.net.IpText;
import org.decoymx.net.RequestHandler;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.HourCounts;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.primary.OpenProbes;
import org.decoymx.sighting.EnvelopeHasher;

/** Any octets in place of policy requests of Postfix, in any packets. */
class PolicyRequestFuzzTest {
    private static final Blocklist BLOCKLIST = Blocklists.of(PolicyMode.ENFORCE, "192.0.2.1", "2001:db8:1:2::/64");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final Pattern RESPONSES = Pattern.compile("(?:action=[ -~]+\n\n)*");

    private static RequestHandler handler() {
        ClientTrust trust = new ClientTrust(
                PolicyFixtures.trustIndex(),
                new DeliveryAttempts(0),
                new EnvelopeHasher("example.org"),
                new OpenProbes(),
                CLOCK);
        return new PolicyRequestHandler(
                new PostfixLookup(
                        PostfixAction.GRADUATED,
                        new RejectMessage("https://decoy.example.org"),
                        new HourCounts(),
                        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)),
                () -> BLOCKLIST,
                trust,
                IpText.parseAddress("10.0.0.1").orElseThrow(),
                (client, mx) -> {});
    }

    @FuzzTest
    void requests_inAnyPackets_getAnActionEach(byte[] input) {
        String requests = new String(input, StandardCharsets.ISO_8859_1);
        String responses = PostfixProtocolsTest.exchange(handler(), requests, 1);
        assertThat(PostfixProtocolsTest.exchange(handler(), requests, Math.max(1, input.length)))
                .isEqualTo(responses);
        assertThat(responses).matches(RESPONSES);
        String[] asked = requests.split("\n\n", -1);
        String[] actions = responses.split("\n\n", -1);
        assertThat(actions).hasSameSizeAs(asked);
        for (int i = 0; i < actions.length - 1; i++) {
            assertThat(actions[i].equals("action=DUNNO") || isListed(asked[i])).isTrue();
        }
    }

    private static boolean isListed(String request) {
        return Stream.of(request.split("\n", -1))
                .filter(line -> line.startsWith("client_address="))
                .findFirst()
                .flatMap(line -> IpText.parseAddress(line.substring(line.indexOf('=') + 1)))
                .flatMap(BLOCKLIST::findEntry)
                .isPresent();
    }
}
