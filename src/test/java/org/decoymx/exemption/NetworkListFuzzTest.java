package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.decoymx.net.IpText;
import org.decoymx.policy.Exemption;
import org.decoymx.support.PrintableText;

/** Any octets in place of a file of exempt networks. */
class NetworkListFuzzTest {

    @FuzzTest
    void file_isParsed_andItsErrorsAreFewPrintableLines(byte[] octets) throws IOException {
        NetworkListParser.ParsedList list = new NetworkListParser("x").read(new ByteArrayInputStream(octets));
        assertThat(list.errors().toLogLines("x")).hasSizeLessThanOrEqualTo(11).allMatch(PrintableText::isPrintable);
        for (Exemption exemption : list.exemptions()) {
            assertThat(PrintableText.isPrintable(exemption.description())).isTrue();
            assertThat(IpText.parseNetwork(exemption.network().toString())).isEqualTo(exemption.network());
        }
    }
}
