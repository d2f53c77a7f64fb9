package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedLineReaderTest {
    private static final int LIMIT = 100;

    private static List<String> lines(String text) throws IOException {
        List<String> lines = new ArrayList<>();
        BoundedLineReader reader = new BoundedLineReader(smallReads(text), LIMIT);
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
        String longest = "x".repeat(LIMIT);
        assertThat(lines(longest + "\n" + longest + "y\nz" + "\n" + longest.repeat(3)))
                .containsExactly("1 " + longest, "2! " + longest, "3 z", "4! " + longest);
    }

    @Test
    void readLine_dropsTheCrOfCrlf_whichDoesNotCount() throws IOException {
        assertThat(lines("one\r\n\r\nb\rc\r\r\nd\r")).containsExactly("1 one", "2 ", "3 b\rc\r", "4 d");
        String longest = "x".repeat(LIMIT);
        assertThat(lines(longest + "\r\n" + longest + "\r\r\n" + longest + "y\r\n" + longest + "\ry\nz"))
                .containsExactly("1 " + longest, "2! " + longest, "3! " + longest, "4! " + longest, "5 z");
    }

    @Test
    void readText_decodesUtf8_withoutTheByteOrderMarkOfTheFirstLine() throws IOException {
        BoundedLineReader reader = new BoundedLineReader(smallReads("\ufeffMüller\n\ufeffx\n\n"), LIMIT);
        assertThat(reader.readText()).isEqualTo("Müller");
        assertThat(reader.readText()).isEqualTo("\ufeffx");
        assertThat(reader.readText()).isEmpty();
        assertThat(reader.readText()).isNull();
        assertThat(reader.lineNumber()).isEqualTo(3);
    }
}
