package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.decoymx.primary.ReplyParser.ReplyState;
import org.decoymx.support.PrintableText;

/** Any octets in place of a reply of a primary MX to the probe, in any packets. */
class ReplyParserFuzzTest {

    @FuzzTest
    void reply_inAnyPackets_isTheSame(byte[] octets) {
        ReplyParser whole = new ReplyParser("greeting", "220");
        ReplyState state = whole.append(octets);
        ReplyParser pieces = new ReplyParser("greeting", "220");
        ReplyState last = ReplyState.INCOMPLETE;
        for (byte octet : octets) {
            last = pieces.append(new byte[] {octet});
        }
        assertThat(last).isEqualTo(state);
        assertThat(pieces.error()).isEqualTo(whole.error()).matches(PrintableText::isPrintable);
        assertThat(whole.quoteLastLine()).matches(PrintableText::isPrintable).hasSizeLessThan(200);
    }
}
