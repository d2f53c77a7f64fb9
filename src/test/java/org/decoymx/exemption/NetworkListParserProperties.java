package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.decoymx.support.PrintableText;

/** Any file contents can be parsed, and each message about them is one bounded, printable line. */
class NetworkListParserProperties {

    @Property
    void anyOctets_areParsed(@ForAll byte[] octets) throws IOException {
        NetworkListParser.ParsedList list = new NetworkListParser("x").read(new ByteArrayInputStream(octets));
        assertThat(list.errors().toLogLines("x")).hasSizeLessThanOrEqualTo(11).allMatch(PrintableText::isPrintable);
        assertThat(list.exemptions()).allMatch(exemption -> PrintableText.isPrintable(exemption.description()));
    }

    @Property
    void randomLines_areParsed(@ForAll List<@IntRange(max = 8) Integer> indexes) throws IOException {
        String[] parts = {"192.0.2.", "1", "/2", "!", "#", "\n", "::", " ", "\r"};
        String text = String.join("", indexes.stream().map(i -> parts[i]).toList());
        anyOctets_areParsed(text.getBytes(StandardCharsets.UTF_8));
    }
}
