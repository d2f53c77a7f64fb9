package org.decoymx.feed;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Content codings: RFC 9110 section 8.4, gzip (RFC 1952) and Zstandard (RFC 8878). */
enum ContentCoding {
    IDENTITY("identity") {
        @Override
        OutputStream encodeTo(OutputStream out) {
            return out;
        }
    },
    GZIP("gzip") {
        @Override
        OutputStream encodeTo(OutputStream out) throws IOException {
            return new GZIPOutputStream(out, BUFFER_SIZE);
        }
    },
    ZSTD("zstd") {
        @Override
        OutputStream encodeTo(OutputStream out) throws IOException {
            return new ZstdOutputStreamNoFinalizer(out);
        }
    };

    private static final int BUFFER_SIZE = 1 << 13;
    private static final ContentCoding[] PREFERENCE_ORDER = {ZSTD, GZIP};

    private final String token;

    ContentCoding(String token) {
        this.token = token;
    }

    /** The name in the Content-Encoding field. */
    String token() {
        return token;
    }

    /** Returns a stream that encodes to {@code out}. Closing the stream completes the coding. */
    abstract OutputStream encodeTo(OutputStream out) throws IOException;

    /**
     * Selects the coding that the client prefers (RFC 9110 section 12.5.3). Returns identity if the client sent no
     * Accept-Encoding field and also if it accepts no coding at all, which the section allows.
     *
     * @param acceptEncoding the Accept-Encoding field; null if absent
     */
    static ContentCoding negotiate(@Nullable String acceptEncoding) {
        if (acceptEncoding == null) {
            return IDENTITY;
        }
        ContentCoding best = IDENTITY;
        double weight = 0;
        for (ContentCoding coding : PREFERENCE_ORDER) {
            double other = findWeight(acceptEncoding, coding.token);
            if (other > weight) {
                best = coding;
                weight = other;
            }
        }
        return best;
    }

    /** The weight of a coding, named or by {@code *}; 0 if it is not acceptable. */
    private static double findWeight(String acceptEncoding, String token) {
        double wildcardWeight = 0;
        for (String item : acceptEncoding.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = item.split(";", 2);
            String name = parts[0].strip();
            double weight = parts.length == 1 ? 1 : parseWeight(parts[1].strip());
            if (name.equals(token) || name.equals("x-" + token)) {
                return weight;
            }
            wildcardWeight = name.equals("*") ? weight : wildcardWeight;
        }
        return wildcardWeight;
    }

    private static double parseWeight(String parameter) {
        try {
            return parameter.startsWith("q=") ? Double.parseDouble(parameter.substring(2)) : 1;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
