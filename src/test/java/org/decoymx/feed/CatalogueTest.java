package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.decoymx.listing.Publisher;
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
