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
        StreamLineReader cutter = new StreamLineReader(drops(text));
        for (byte[] line = cutter.readLine(); line != null; line = cutter.readLine()) {
            lines.add(
                    cutter.lineNumber() + (cutter.isTooLong() ? "! " : " ") + new String(line, StandardCharsets.UTF_8));
        }
        return lines;
    }

    /** A stream that gives seven octets at a time. */
    private static InputStream drops(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] into, int at, int most) {
                return super.read(into, at, Math.min(most, 7));
            }
        };
    }

    @Test
    void lines_areCutAtLf_andTheLastNeedsNone() throws IOException {
        assertThat(lines("one\ntwo is longer\n\nfour")).containsExactly("1 one", "2 two is longer", "3 ", "4 four");
        assertThat(lines("one\n")).containsExactly("1 one");
        assertThat(lines("\n")).containsExactly("1 ");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void line_ofTheMostOctets_isWhole_andALongerOneIsCut() throws IOException {
        String most = "x".repeat(StreamLineReader.MAX_LINE_OCTETS);
        assertThat(lines(most + "\n" + most + "y\nz" + "\n" + most.repeat(3)))
                .containsExactly("1 " + most, "2! " + most, "3 z", "4! " + most);
    }
}
