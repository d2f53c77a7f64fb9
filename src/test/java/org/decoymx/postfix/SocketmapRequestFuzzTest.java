package org.decoymx.postfix;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklists;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.net.IpText;
import org.decoymx.net.RequestHandler;
import org.decoymx.policy.HourCounts;
import org.decoymx.policy.PolicyMode;

/** Any octets in place of socketmap requests, in any packets. */
class SocketmapRequestFuzzTest {
    private static final Blocklist BLOCKLIST = Blocklists.of(PolicyMode.ENFORCE, "192.0.2.1", "2001:db8:1:2::/64");
    private static final Pattern RESPONSES =
            Pattern.compile("(?:[0-9]{1,4}:(?:OK |NOTFOUND |PERM )[ -~]*,)*!?", Pattern.DOTALL);

    private static RequestHandler handler() {
        return new SocketmapRequestHandler(
                new PostfixLookup(
                        PostfixAction.REJECT,
                        new RejectMessage("https://decoy.example.org"),
                        new HourCounts(),
                        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)),
                () -> BLOCKLIST);
    }

    @FuzzTest
    void requests_inAnyPackets_getAResponseEach(byte[] input) {
        String requests = new String(input, StandardCharsets.ISO_8859_1);
        String responses = PostfixProtocolsTest.exchange(handler(), requests, 1);
        assertThat(PostfixProtocolsTest.exchange(handler(), requests, Math.max(1, input.length)))
                .isEqualTo(responses);
        assertThat(responses).matches(RESPONSES);
        assertThat(results(responses)).isEqualTo(expectedResults(requests));
    }

    /** The first word of each response. */
    private static String results(String responses) {
        StringBuilder results = new StringBuilder();
        int start = 0;
        for (int colon = responses.indexOf(':'); colon >= 0; colon = responses.indexOf(':', start)) {
            int end = colon + 1 + Integer.parseInt(responses.substring(start, colon));
            assertThat(responses.charAt(end)).isEqualTo(',');
            results.append(responses, colon + 1, responses.indexOf(' ', colon) + 1);
            start = end + 1;
        }
        return results + responses.substring(start);
    }

    private static String expectedResults(String requests) {
        StringBuilder results = new StringBuilder();
        int start = 0;
        for (int colon = requests.indexOf(':'); colon >= 0; colon = requests.indexOf(':', start)) {
            String length = requests.substring(start, colon);
            int end = colon + 1 + (length.matches("0|[1-9][0-9]{0,3}") ? Integer.parseInt(length) : 9_999);
            if (end > colon + 1 + SocketmapRequestHandler.MAX_REQUEST) {
                return results + "PERM !";
            }
            if (end >= requests.length()) {
                break;
            }
            if (requests.charAt(end) != ',') {
                return results + "PERM !";
            }
            String request = requests.substring(colon + 1, end);
            boolean listed = IpText.parseAddress(request.replaceFirst("^decoy ", ""))
                    .flatMap(BLOCKLIST::findEntry)
                    .isPresent();
            results.append(!request.startsWith("decoy ") ? "PERM " : listed ? "OK " : "NOTFOUND ");
            start = end + 1;
        }
        return results.toString();
    }
}
