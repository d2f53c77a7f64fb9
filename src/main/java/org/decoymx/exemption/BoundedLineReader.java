package org.decoymx.exemption;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The lines of a file in UTF-8, of which no more is held than a line may have. */
final class BoundedLineReader {
    /** Octets that a line may have. */
    static final int MAX_LINE_OCTETS = 1_000;

    private static final int END_OF_FILE = -1;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final InputStream in;
    private int lineNumber;
    private boolean lineTooLong;

    BoundedLineReader(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /** The next line, of one that is too long its beginning; null at the end. */
    @Nullable
    String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        lineTooLong = false;
        int octet = in.read();
        if (octet == END_OF_FILE) {
            return null;
        }
        for (; octet != '\n' && octet != END_OF_FILE; octet = in.read()) {
            if (line.size() < MAX_LINE_OCTETS) {
                line.write(octet);
            } else {
                lineTooLong = lineTooLong || octet != '\r';
            }
        }
        lineNumber++;
        String text = line.toString(StandardCharsets.UTF_8);
        return lineNumber == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    /** The number of the latest line, from 1. */
    int lineNumber() {
        return lineNumber;
    }

    /** Whether the latest line has more octets than are allowed. */
    boolean isLineTooLong() {
        return lineTooLong;
    }
}
