package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;
import org.decoymx.ledger.Origin;
import org.decoymx.listing.Publisher;
import org.decoymx.listing.Publishers;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Mode;
import org.decoymx.policy.Policies;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    private final Format plain = new PlainFormat();
    private final Catalogue catalogue =
            new Catalogue(new Publisher(Policies.enforcing(Duration.ofHours(1)), T), List.of(plain));

    @Test
    void body_ofAnEmptyListing_isAComment() {
        Catalogue.Body body = catalogue.body(plain);
        assertThat(body.octets().toString(StandardCharsets.UTF_8))
                .startsWith("# decoymx: ")
                .endsWith(", of 2026-01-01T00:00:00Z, entries 0\n");
        assertThat(body.modified()).isEqualTo(T);
    }

    @Test
    void body_whileThePolicyOnlyObserves_saysSoFirst() {
        Publisher publisher = Publishers.of(Mode.OBSERVE, 0, new Exempt(), T);
        Catalogue observed = new Catalogue(publisher, List.of(plain));
        Catalogue.Body before = observed.body(plain);
        Publishers.judge(
                publisher,
                List.of(Publishers.sender(new Origin(false, 0xc0000201L), T.getEpochSecond(), T.getEpochSecond() + 60)),
                T);
        Publishers.publish(publisher, T.plusSeconds(1));
        assertThat(observed.body(plain)).isSameAs(before);
        assertThat(before.octets().toString(StandardCharsets.UTF_8))
                .startsWith("# OBSERVE: decoy.policy.mode is observe, so nobody is listed here;"
                        + " /stats says who would be.\n# decoymx: ")
                .endsWith(", entries 0\n");
    }

    @Test
    void body_onTrial_saysSoFirst() {
        Catalogue trial = new Catalogue(Publishers.of(Mode.TRIAL, 0, new Exempt(), T), List.of(plain));
        assertThat(trial.body(plain).octets().toString(StandardCharsets.UTF_8))
                .startsWith("# TRIAL: ")
                .contains("Do not block by this list.\n# decoymx: ");
    }

    @Test
    void body_ofAWidenedNetwork_hasItInPlaceOfItsHosts() {
        Publisher publisher = Publishers.of(Mode.ENFORCE, 2, new Exempt(), T);
        Publishers.judge(
                publisher,
                LongStream.of(0xc0000201L, 0xc0000207L, 0xc0000309L)
                        .mapToObj(bits ->
                                Publishers.sender(new Origin(false, bits), T.getEpochSecond(), T.getEpochSecond() + 60))
                        .toList(),
                T);
        Publishers.publish(publisher, T.plusSeconds(1));
        assertThat(new Catalogue(publisher, List.of(plain)).body(plain).octets().toString(StandardCharsets.UTF_8))
                .endsWith(", entries 2\n192.0.2.0/24\n192.0.3.9\n");
    }

    @Test
    void body_isMadeOnceAVersion() {
        assertThat(catalogue.body(plain)).isSameAs(catalogue.body(plain));
    }

    @Test
    void tag_isADigestOfTheOctets() throws Exception {
        Catalogue.Body body = catalogue.body(plain);
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(body.octets().getBytes());
        assertThat(body.tag()).isEqualTo(HexFormat.of().formatHex(digest, 0, 16));
    }
}
