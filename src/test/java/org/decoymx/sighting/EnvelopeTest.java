package org.decoymx.sighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvelopeTest {
    private static final String LONG = "x".repeat(100_000);

    private static String reversePath(String path) {
        return Envelope.of(path, "", "example.org").reversePath();
    }

    private static String recipient(String path) {
        return Envelope.of("", path, "example.org").recipient();
    }

    @ParameterizedTest
    @CsvSource({
        "<User@Example.ORG>, user@example.org",
        "user@example.org., user@example.org",
        "'<@a.example,@b.example:user@example.org>', user@example.org",
        "<postmaster>, postmaster@example.org",
        "Postmaster, postmaster@example.org",
        "a.b+tag7@example.org, a.b+tag7@example.org",
        "user@[192.0.2.1], user@[192.0.2.1]",
        "user@bücher.example, user@xn--bcher-kva.example",
        "user@BÜCHER.example, user@xn--bcher-kva.example",
        "user@xn--bcher-kva.example, user@xn--bcher-kva.example",
        "prvs=1234abcdef=user@example.org, user@example.org"
    })
    void recipient_normalForm(String path, String expected) {
        assertThat(recipient(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "<>, ''",
        "'', ''",
        "news-4711-bounce@list3.example, news-#-bounce@list3.example",
        "a@s14.example, a@s14.example",
        "7@8@s14.example, #@#@s14.example",
        "user7@[192.0.2.1], user#@[192.0.2.1]",
        "4711, #",
        "prvs=1234ABCDEF=user@example.com, user@example.com",
        "prvs=user/1234abcdef@example.com, user@example.com",
        "msprvs1=17512AbC_-x=bounces-9@example.com, bounces-#@example.com",
        "btv1==0123456789ab==user@example.com, user@example.com",
        "SRS0=HHH=TT=example.com=user@forwarder.example, user@example.com",
        "SRS0+a/b+=TT=example.com=user=x@forwarder.example, user=x@example.com",
        "srs0-HHHH=TT=Example.COM=prvs=1234abcdef=user@forwarder.example, user@example.com",
        "SRS1=HHH=first.example==HHH=TT=example.com=user@second.example, user@example.com",
        "SRS1=HHH=first.example=+HHH=TT=example.com=user@second.example, user@example.com",
        "list+SRS=aBcDe=XY=example.com=user@contoso.example, user@example.com",
        "bounces+SRS=44ldt=IX@contoso.example, bounces+srs@contoso.example",
        "SRS0=broken@forwarder.example, srs#=broken@forwarder.example",
        "no-path-at-all, no-path-at-all"
    })
    void reversePath_normalForm(String path, String expected) {
        assertThat(reversePath(path)).isEqualTo(expected);
    }

    @Test
    void quotedLocalPart_isUnquoted() {
        assertThat(recipient("\"john doe\"@example.org")).isEqualTo("john doe@example.org");
        assertThat(recipient("\"a\\\"b@c\"@example.org")).isEqualTo("a\"b@c@example.org");
        assertThat(recipient("\"user\"@example.org")).isEqualTo("user@example.org");
    }

    @Test
    void utf8Path_octetsAndText_areTheSame() {
        String text = "J\u00fcrgen@b\u00fccher.example";
        String octets = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String decomposed = "Ju\u0308rgen@bu\u0308cher.example";
        assertThat(recipient(octets))
                .isEqualTo(recipient(text))
                .isEqualTo(recipient(decomposed))
                .isEqualTo("j\u00fcrgen@xn--bcher-kva.example");
    }

    @Test
    void invalidOctets_areKept() {
        assertThat(recipient("\u00ff\u00fe@example.org")).isEqualTo("\u00ff\u00fe@example.org");
    }

    @Test
    void hostilePath_isCut() {
        assertThat(recipient(LONG)).hasSize(512);
        assertThat(reversePath("1" + LONG)).hasSize(512);
        assertThat(reversePath("prvs=1=".repeat(20_000))).hasSizeLessThanOrEqualTo(512);
        assertThat(reversePath("@".repeat(100_000))).hasSizeLessThanOrEqualTo(512);
        assertThat(reversePath("+srs".repeat(30_000) + "@a")).hasSizeLessThanOrEqualTo(512);
    }

    @Test
    void hash_isSipHash24() {
        byte[] key = new byte[EnvelopeKey.OCTETS];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        // The test vector of the reference implementation for the one octet 00, which separates two empty paths.
        assertThat(new EnvelopeKey(key).hash(new Envelope("", ""))).isEqualTo(0x74f8_39c5_93dc_67fdL);
    }

    @Test
    void hash_otherPathOrKey_isAnother() {
        EnvelopeKey key = new EnvelopeKey(new byte[EnvelopeKey.OCTETS]);
        byte[] other = new byte[EnvelopeKey.OCTETS];
        other[7] = 1;
        long hash = key.hash(new Envelope("a", "bc"));
        assertThat(key.hash(new Envelope("ab", "c"))).isNotEqualTo(hash);
        assertThat(new EnvelopeKey(other).hash(new Envelope("a", "bc"))).isNotEqualTo(hash);
        assertThat(new EnvelopeKey(new byte[EnvelopeKey.OCTETS]).hash(new Envelope("a", "bc")))
                .isEqualTo(hash);
    }

    @Test
    void key_otherLength_isRefused() {
        assertThatThrownBy(() -> new EnvelopeKey(new byte[15])).hasMessage("an envelope key has 16 octets, not 15");
    }
}
