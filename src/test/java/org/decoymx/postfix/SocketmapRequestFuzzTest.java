package org.decoymx.postfix;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklists;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.net.RequestHandler;
import org.decoymx.policy.PolicyMode;

/** Any octets in place of socketmap requests, in any packets. */
class SocketmapRequestFuzzTest {
    private static final Blocklist BLOCKLIST = Blocklists.of(PolicyMode.ENFORCE, "192.0.2.1", "2001:db8:1:2::/64");
    private static final Pattern RESPONSES =
            Pattern.compile("(?:[0-9]{1,4}:(?:OK |NOTFOUND |PERM )[ -~]*,)*!?", Pattern.DOTALL);

    private static RequestHandler handler() {
        return new SocketmapRequestHandler(
                new PostfixLookup(PostfixAction.REJECT, new RejectMessage("https://decoy.example.org")),
                () -> BLOCKLIST);
    }

    @FuzzTest
    void requests_inAnyPackets_getAResponseEach(byte[] input) {
        String requests = new String(input, StandardCharsets.ISO_8859_1);
        String responses = PostfixProtocolsTest.exchange(handler(), requests, 1);
        assertThat(PostfixProtocolsTest.exchange(handler(), requests, Math.max(1, input.length)))
                .isEqualTo(responses);
        assertThat(responses).matches(RESPONSES);
    }
}
