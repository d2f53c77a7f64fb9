package org.decoymx.exemption;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The lines of a file in UTF-8, of which no more is held than a line may have. */
final class BoundedLines {
    /** Octets that a line may have. */
    static final int MAX_OCTETS = 1_000;

    private static final int END = -1;
    private static final String MARK = "\ufeff";

    private final InputStream in;
    private int number;
    private boolean tooLong;

    BoundedLines(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /** The next line, of one that is too long its beginning; null at the end. */
    @Nullable
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        tooLong = false;
        int octet = in.read();
        if (octet == END) {
            return null;
        }
        for (; octet != '\n' && octet != END; octet = in.read()) {
            if (line.size() < MAX_OCTETS) {
                line.write(octet);
            } else {
                tooLong = tooLong || octet != '\r';
            }
        }
        number++;
        String text = line.toString(StandardCharsets.UTF_8);
        return number == 1 && text.startsWith(MARK) ? text.substring(1) : text;
    }

    /** The number of the latest line, from 1. */
    int number() {
        return number;
    }

    /** Whether the latest line has more octets than are allowed. */
    boolean isTooLong() {
        return tooLong;
    }
}
