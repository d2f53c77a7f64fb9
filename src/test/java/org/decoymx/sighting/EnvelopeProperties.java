package org.decoymx.sighting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EnvelopeProperties {
    private static final int MAX_LENGTH = 3 * 512;

    @Property
    void anyText_hasABoundedNormalForm(@ForAll String reversePath, @ForAll("paths") String recipient) {
        Envelope envelope = Envelope.of(reversePath, recipient, "example.org");
        assertThat(envelope.reversePath()).hasSizeLessThanOrEqualTo(MAX_LENGTH);
        assertThat(envelope.recipient()).hasSizeLessThanOrEqualTo(MAX_LENGTH);
    }

    @Property
    void caseAndBrackets_doNotMatter(@ForAll("paths") String path) {
        Envelope plain = Envelope.of(path, path, "example.org");
        assertThat(Envelope.of("<" + path + ">", "<" + path + ">", "example.org"))
                .isEqualTo(plain);
        assertThat(Envelope.of(path.toUpperCase(Locale.ROOT), path, "example.org"))
                .isEqualTo(plain);
    }

    @Property
    void numbersOfTheReversePath_doNotMatter(@ForAll int one, @ForAll int other) {
        long first = Math.abs((long) one);
        long second = Math.abs((long) other);
        assertThat(Envelope.of("list-" + first + "@a.example", "b@example.org", "example.org"))
                .isEqualTo(Envelope.of("list-" + second + "@a.example", "b@example.org", "example.org"));
        if (first != second) {
            assertThat(Envelope.of("", "b" + first + "@example.org", "example.org"))
                    .isNotEqualTo(Envelope.of("", "b" + second + "@example.org", "example.org"));
        }
    }

    /** Texts of the characters that mean something. */
    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> words =
                Arbitraries.of("prvs=", "srs0=", "srs1=", "+srs=", "btv1==", "=", "==", "@", "ab1", ".");
        return words.list().ofMaxSize(12).map(list -> "x" + String.join("", list) + "@a.example");
    }
}
