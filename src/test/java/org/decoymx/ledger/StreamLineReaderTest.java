package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamLineReaderTest {

    private static List<String> lines(String text) throws IOException {
        List<String> lines = new ArrayList<>();
        StreamLineReader reader = new StreamLineReader(smallReads(text));
        for (byte[] line = reader.readLine(); line != null; line = reader.readLine()) {
            lines.add(
                    reader.lineNumber() + (reader.isTooLong() ? "! " : " ") + new String(line, StandardCharsets.UTF_8));
        }
        return lines;
    }

    /** A stream that returns at most seven octets for each read. */
    private static InputStream smallReads(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int maxLength) {
                return super.read(buffer, offset, Math.min(maxLength, 7));
            }
        };
    }

    @Test
    void readLine_splitsAtLf_lastLineNeedsNone() throws IOException {
        assertThat(lines("one\ntwo is longer\n\nfour")).containsExactly("1 one", "2 two is longer", "3 ", "4 four");
        assertThat(lines("one\n")).containsExactly("1 one");
        assertThat(lines("\n")).containsExactly("1 ");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void readLine_maximumLength_isComplete_longerIsTruncated() throws IOException {
        String longest = "x".repeat(StreamLineReader.MAX_LINE_OCTETS);
        assertThat(lines(longest + "\n" + longest + "y\nz" + "\n" + longest.repeat(3)))
                .containsExactly("1 " + longest, "2! " + longest, "3 z", "4! " + longest);
    }
}
