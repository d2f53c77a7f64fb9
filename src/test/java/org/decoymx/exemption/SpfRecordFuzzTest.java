package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.net.IpText;
import org.decoymx.support.PrintableText;

/** Any octets in place of an SPF record. */
class SpfRecordFuzzTest {

    @FuzzTest
    void record_isParsed_orAnErrorInOnePrintableLine(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        if (!SpfRecord.isSpfRecord(text)) {
            return;
        }
        try {
            SpfRecord parsed = SpfRecord.parse(text);
            assertThat(parsed.mechanisms()).hasSizeLessThanOrEqualTo(text.length() / 2);
            for (SpfMechanism mechanism : parsed.mechanisms()) {
                if (mechanism instanceof SpfMechanism.IpMechanism ip) {
                    assertThat(IpText.parseNetwork(ip.network().cidr())).isEqualTo(ip.network());
                    assertThat(ip.network().around(ip.network().prefixLength())).isEqualTo(ip.network());
                }
            }
            assertThat(parsed.mechanisms()).isEqualTo(parseTermByTerm(text));
        } catch (SpfPermErrorException e) {
            assertThat(String.valueOf(e.getMessage()))
                    .matches(PrintableText::isPrintable)
                    .hasSizeLessThan(500);
        }
    }

    private static List<SpfMechanism> parseTermByTerm(String text) throws SpfPermErrorException {
        List<SpfMechanism> mechanisms = new ArrayList<>();
        for (String term : text.split(" ", -1)) {
            if (!SpfRecord.isSpfRecord(term)) {
                mechanisms.addAll(SpfRecord.parse("v=spf1 " + term).mechanisms());
            }
        }
        return mechanisms;
    }
}
