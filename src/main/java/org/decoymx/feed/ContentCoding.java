package org.decoymx.feed;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** How a body's octets are coded: RFC 9110 section 8.4, RFC 1952, RFC 8878. */
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

    /** Its name in Content-Encoding. */
    String token() {
        return token;
    }

    /** What codes whatever is written to it; to close it ends the coding. */
    abstract OutputStream encodeTo(OutputStream out) throws IOException;

    /**
     * The best coding that a reader takes: RFC 9110 section 12.5.3. Whoever does not say takes none, and whoever refuses
     * all is given none, as the section allows.
     *
     * @param accepted the Accept-Encoding field, null for none
     */
    static ContentCoding negotiate(@Nullable String accepted) {
        if (accepted == null) {
            return IDENTITY;
        }
        ContentCoding best = IDENTITY;
        double weight = 0;
        for (ContentCoding coding : PREFERENCE_ORDER) {
            double other = findWeight(accepted, coding.token);
            if (other > weight) {
                best = coding;
                weight = other;
            }
        }
        return best;
    }

    /** The weight of a coding, or of any that is not named; 0 for one that is not taken. */
    private static double findWeight(String accepted, String token) {
        double any = 0;
        for (String item : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = item.split(";", 2);
            String name = parts[0].strip();
            double weight = parts.length == 1 ? 1 : parseWeight(parts[1].strip());
            if (name.equals(token) || name.equals("x-" + token)) {
                return weight;
            }
            any = name.equals("*") ? weight : any;
        }
        return any;
    }

    private static double parseWeight(String parameter) {
        try {
            return parameter.startsWith("q=") ? Double.parseDouble(parameter.substring(2)) : 1;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
