package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
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
        assertThat(last).isEqualTo(state).isEqualTo(expectedState(new String(octets, StandardCharsets.ISO_8859_1)));
        assertThat(pieces.error()).isEqualTo(whole.error()).matches(PrintableText::isPrintable);
        assertThat(whole.quoteLastLine()).matches(PrintableText::isPrintable).hasSizeLessThan(200);
    }

    /** The same rules on the whole text. */
    private static ReplyState expectedState(String text) {
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].stripTrailing();
            boolean complete = i < lines.length - 1;
            boolean valid = line.matches("(?s)220(?:[ -].*)?");
            if (lines[i].length() > 2_048 || complete && !valid) {
                return ReplyState.REJECTED;
            }
            if (complete && !line.startsWith("220-")) {
                return ReplyState.ACCEPTED;
            }
            if (complete && i == 49) {
                return ReplyState.REJECTED;
            }
        }
        return ReplyState.INCOMPLETE;
    }
}
