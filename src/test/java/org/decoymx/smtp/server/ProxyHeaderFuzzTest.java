package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.decoymx.smtp.server.ProxyHeaderParser.HeaderResult;
import org.decoymx.smtp.server.ProxyHeaderParser.HeaderResult.CompleteHeader;
import org.decoymx.smtp.server.ProxyHeaderParser.HeaderResult.IncompleteHeader;

/** Any octets in place of a PROXY protocol header. */
class ProxyHeaderFuzzTest {

    @FuzzTest
    void header_inOneOrTwoPackets_isTheSame(byte[] input) {
        HeaderResult whole = parse(input);
        if (whole instanceof CompleteHeader header) {
            byte[] rest = header.remainingInput().getBytes();
            assertThat(input).endsWith(rest);
            assertThat(rest.length).isLessThan(input.length);
        }
        int middle = input.length / 2;
        ProxyHeaderParser parser = new ProxyHeaderParser();
        HeaderResult first = parser.feed(Arrays.copyOf(input, middle));
        if (first instanceof IncompleteHeader) {
            HeaderResult second = parser.feed(Arrays.copyOfRange(input, middle, input.length));
            assertThat(second.getClass()).isEqualTo(whole.getClass());
            if (second instanceof CompleteHeader header && whole instanceof CompleteHeader expected) {
                assertThat(header).isEqualTo(expected);
            }
        } else if (first instanceof CompleteHeader header && whole instanceof CompleteHeader expected) {
            assertThat(header.clientAddress()).isEqualTo(expected.clientAddress());
        } else {
            assertThat(first.getClass()).isEqualTo(whole.getClass());
        }
        parser.close();
    }

    private static HeaderResult parse(byte[] octets) {
        ProxyHeaderParser parser = new ProxyHeaderParser();
        try {
            return parser.feed(octets);
        } finally {
            parser.close();
        }
    }
}
