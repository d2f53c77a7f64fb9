package org.decoymx.admin;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** An input stream that throws {@link BodyTooLargeException} after a number of octets. */
final class SizeLimitedInputStream extends FilterInputStream {
    private long remaining;

    SizeLimitedInputStream(InputStream in, long limit) {
        super(in);
        remaining = limit;
    }

    /** The stream is longer than allowed. */
    static final class BodyTooLargeException extends IOException {
        private static final long serialVersionUID = 1;
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

    private void consume(int read) throws BodyTooLargeException {
        remaining -= read;
        if (remaining < 0) {
            throw new BodyTooLargeException();
        }
    }
}
