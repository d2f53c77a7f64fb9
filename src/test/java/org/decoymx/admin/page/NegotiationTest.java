package org.decoymx.admin.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.MediaType;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NegotiationTest {
    /** The types as Quarkus hands them over: the one that is preferred comes first. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    text/html application/xhtml+xml application/xml */*    | true
                    image/webp text/html */*                               | true
                    */*                                                    | false
                    application/json text/html                             | false
                    text/*                                                 | false
                    application/problem+json                               | false
                    """)
    void onlyWhoNamesHtmlFirst_getsIt(String accepted, boolean html) {
        assertThat(Negotiation.wantsHtml(
                        Stream.of(accepted.split(" ")).map(MediaType::valueOf).toList()))
                .isEqualTo(html);
    }
}
