package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentCodingTest {

    @ParameterizedTest
    @CsvSource({
        "'', IDENTITY",
        "identity, IDENTITY",
        "gzip, GZIP",
        "'gzip, deflate, br', GZIP",
        "'deflate, gzip, br, zstd', ZSTD",
        "zstd;q=0.5, ZSTD",
        "'gzip;q=1.0, zstd;q=0.5', GZIP",
        "'GZIP', GZIP",
        "x-gzip, GZIP",
        "*, ZSTD",
        "'*, zstd;q=0', GZIP",
        "'*;q=0', IDENTITY",
        "'gzip;q=0, zstd;q=0', IDENTITY",
        "'gzip ; q=0.3 , zstd ; q=0', GZIP",
        "'identity;q=0', IDENTITY",
        "gzip;q=nonsense, IDENTITY",
        "gzip;q=NaN, IDENTITY",
        "';;;,,,', IDENTITY",
        "gzipped, IDENTITY"
    })
    void acceptEncoding_selectsPreferredCoding(String acceptEncoding, ContentCoding expected) {
        assertThat(ContentCoding.negotiate(acceptEncoding)).isEqualTo(expected);
    }

    @Test
    void missingAcceptEncoding_selectsIdentity() {
        assertThat(ContentCoding.negotiate(null)).isEqualTo(ContentCoding.IDENTITY);
    }

    private static byte[] encode(ContentCoding coding, byte[] octets) throws IOException {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        try (OutputStream out = coding.encodeTo(encoded)) {
            out.write(octets);
        }
        return encoded.toByteArray();
    }

    @Test
    void encodedBody_canBeDecoded() throws IOException {
        byte[] octets = "192.0.2.1\n".repeat(10_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertThat(encode(ContentCoding.IDENTITY, octets)).isEqualTo(octets);
        try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(encode(ContentCoding.GZIP, octets)));
                InputStream zstd = new ZstdInputStream(new ByteArrayInputStream(encode(ContentCoding.ZSTD, octets)))) {
            assertThat(gzip.readAllBytes()).isEqualTo(octets);
            assertThat(zstd.readAllBytes()).isEqualTo(octets);
        }
        assertThat(encode(ContentCoding.ZSTD, octets)).hasSizeLessThan(1_000);
    }
}
