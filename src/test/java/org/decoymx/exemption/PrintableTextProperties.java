package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever a file has in it, it is read, and what is said of it is one bounded line that can be seen. */
class PrintableTextProperties {

    @Property
    void text_isBoundedAndPrintable_andStaysWhenItIsBoth(
            @ForAll String text, @ForAll @IntRange(min = 1, max = 80) int limit) {
        String shown = PrintableText.escape(text, limit);
        assertThat(shown).hasSizeLessThanOrEqualTo(limit);
        assertThat(PrintableText.isPrintable(shown)).isTrue();
        if (PrintableText.isPrintable(text) && text.length() <= limit) {
            assertThat(shown).isEqualTo(text);
        }
    }

    @Property
    void octets_anyAtAll_areRead(@ForAll byte[] octets) throws IOException {
        NetworkListParser.ParsedList said = new NetworkListParser("x").read(new ByteArrayInputStream(octets));
        assertThat(said.errors().toLogLines()).hasSizeLessThanOrEqualTo(11).allMatch(PrintableText::isPrintable);
        assertThat(said.exemptions()).allMatch(exemption -> PrintableText.isPrintable(exemption.description()));
    }

    @Property
    void lines_ofNoise_areRead(@ForAll List<@IntRange(max = 8) Integer> choice) throws IOException {
        String[] parts = {"192.0.2.", "1", "/2", "!", "#", "\n", "::", " ", "\r"};
        String text = String.join("", choice.stream().map(i -> parts[i]).toList());
        octets_anyAtAll_areRead(text.getBytes(StandardCharsets.UTF_8));
    }
}
