package org.decoymx.admin;

import jakarta.ws.rs.BadRequestException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads large bodies of requests: decompressed, and up to a limit. */
final class RequestBody {
    private static final int GZIP_BUFFER = 8_192;

    private RequestBody() {}

    /** The body has more than is allowed. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;

        /** What is allowed is the message: {@code 16 MB}. */
        TooLargeException(String limit) {
            super(limit);
        }
    }

    /** Whether a body is compressed, by its field Content-Encoding; 400 if that is anything else. */
    static boolean isGzip(@Nullable String encoding) {
        boolean gzip = "gzip".equalsIgnoreCase(encoding);
        if (encoding != null && !gzip && !encoding.equalsIgnoreCase("identity")) {
            throw new BadRequestException("Content-Encoding must be gzip or absent");
        }
        return gzip;
    }

    /** Returns a stream that decompresses all gzip members of the body. */
    static InputStream gunzip(InputStream body) throws IOException {
        return new GZIPInputStream(new MultiMemberInputStream(body), GZIP_BUFFER);
    }

    /** Returns a stream that throws {@link TooLargeException} after some megabytes. */
    static InputStream limit(InputStream body, int megabytes) {
        return new LimitedInputStream(body, megabytes);
    }

    /**
     * Reports that there is more input. {@link GZIPInputStream} reads another member only if {@code available} is not
     * 0, and a network stream may return 0 between two members.
     */
    private static final class MultiMemberInputStream extends FilterInputStream {
        MultiMemberInputStream(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }

    private static final class LimitedInputStream extends FilterInputStream {
        private final int megabytes;
        private long remaining;

        LimitedInputStream(InputStream in, int megabytes) {
            super(in);
            this.megabytes = megabytes;
            remaining = (long) megabytes << 20;
        }

        @Override
        public int read() throws IOException {
            int octet = super.read();
            consume(octet < 0 ? 0 : 1);
            return octet;
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            int read = super.read(octets, offset, length);
            consume(Math.max(0, read));
            return read;
        }

        private void consume(int read) throws TooLargeException {
            remaining -= read;
            if (remaining < 0) {
                throw new TooLargeException(megabytes + " MB");
            }
        }
    }
}
