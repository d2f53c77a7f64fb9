package org.decoymx.sighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnvelopeHasherTest {
    private final EnvelopeHasher hasher = new EnvelopeHasher("example.org");

    @Test
    void envelopes_areHashedInTheirNormalForm() {
        long hash = hasher.hash("a-17@example.net", "postmaster");
        assertThat(hasher.hash("<A-18@Example.NET>", "<postmaster@example.org>"))
                .isEqualTo(hash);
        assertThat(hasher.hash("a-17@example.net", "other@example.org")).isNotEqualTo(hash);
        hasher.setKey(EnvelopeKey.parse(" 00112233445566778899AABBCCDDEEFF\n"));
        assertThat(hasher.hash("a-17@example.net", "postmaster")).isNotEqualTo(hash);
    }

    @Test
    void nullReversePath_isRecognized_withAndWithoutBrackets() {
        for (String path : List.of("", "<>", " <> ")) {
            assertThat(EnvelopeHasher.isNullReversePath(path)).isTrue();
            assertThat(hasher.hashAll(path, List.of("b@example.org"), 5).nullReversePath())
                    .isTrue();
        }
        assertThat(EnvelopeHasher.isNullReversePath("a@example.net")).isFalse();
    }

    @Test
    void transaction_hasHashesAndDomainOfEachRecipient() {
        List<String> recipients = List.of("B@Example.ORG", "postmaster", "srs0=ab=cd=example.com=a@mx.example.org");
        CaughtEnvelopes caught = hasher.hashAll("a@example.net", recipients, 5);
        assertThat(caught.domains()).containsExactly("example.org", "example.org", "mx.example.org");
        assertThat(caught.recipientHashes().getLong(0))
                .isEqualTo(hasher.hashRecipient("<b@example.org>"))
                .isNotEqualTo(hasher.hash("<>", "b@example.org"))
                .isNotEqualTo(hasher.hashRecipient("c@example.org"));
        assertThat(caught.hashes().getLong(0)).isEqualTo(hasher.hash("a@example.net", "b@example.org"));
    }

    @Test
    void key_thatIsNoKey_isAnError() {
        for (String text : List.of("", "00112233445566778899aabbccddee", "x0112233445566778899aabbccddeeff")) {
            assertThatThrownBy(() -> EnvelopeKey.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("an envelope key is written as 32 hexadecimal digits");
        }
    }

    @Test
    void keys_haveIds_thatTellThemApart() {
        EnvelopeKey key = EnvelopeKey.random();
        assertThat(new EnvelopeKey(key.octets()).id()).isEqualTo(key.id()).hasSize(16);
        assertThat(EnvelopeKey.random().id()).isNotEqualTo(key.id());
    }
}
