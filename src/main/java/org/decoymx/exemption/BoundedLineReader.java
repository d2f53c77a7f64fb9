package org.decoymx.exemption;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the lines of a UTF-8 file in bounded memory: what exceeds the line limit is dropped. */
final class BoundedLineReader {
    /** Maximum length of a line without its end. */
    static final int MAX_LINE_OCTETS = 1_000;

    private static final int END_OF_FILE = -1;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final InputStream in;
    private int lineNumber;
    private boolean lineTooLong;

    BoundedLineReader(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /** Returns the next line, truncated to the limit, or null at the end of the file. */
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

    /** Number of the last line read, starting at 1. */
    int lineNumber() {
        return lineNumber;
    }

    /** Whether the last line read exceeded the limit. */
    boolean isLineTooLong() {
        return lineTooLong;
    }
}
