package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.decoymx.net.IpText;
import org.decoymx.policy.Exemption;
import org.decoymx.support.PrintableText;

/** Any octets in place of a file of exempt networks. */
class NetworkListFuzzTest {

    @FuzzTest
    void file_isParsed_andItsErrorsAreFewPrintableLines(byte[] octets) throws IOException {
        NetworkListParser.ParsedList list = new NetworkListParser("x").read(new ByteArrayInputStream(octets));
        assertThat(list.errors().toLogLines("x")).hasSizeLessThanOrEqualTo(11).allMatch(PrintableText::isPrintable);
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        long lines = Stream.of(text.substring(text.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0)
                        .split("\n", -1))
                .map(line -> line.substring(0, line.length() - (line.endsWith("\r") ? 1 : 0)))
                .filter(line -> line.length() > NetworkListParser.MAX_LINE_OCTETS || !isBlank(line))
                .count();
        assertThat(list.exemptions().size() + list.errors().count()).isEqualTo(lines);
        for (Exemption exemption : list.exemptions()) {
            assertThat(PrintableText.isPrintable(exemption.description())).isTrue();
            assertThat(IpText.parseNetwork(exemption.network().toString())).isEqualTo(exemption.network());
        }
    }

    /**
     * Whether a line has no network.
     *
     * @param line in UTF-8, a char per octet
     */
    private static boolean isBlank(String line) {
        int hash = line.indexOf('#');
        String entry = hash < 0 ? line : line.substring(0, hash);
        return new String(entry.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).isBlank();
    }
}
