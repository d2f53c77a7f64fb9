package org.decoymx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The formatter wraps code at 120 columns, but neither comments nor string literals. */
class LineLengthTest {
    private static final int MAX_COLUMNS = 120;

    @Test
    void javaSources_haveNoLineOver120Columns() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java"))
                            .sorted()
                            .flatMap(LineLengthTest::longLines))
                    .as(
                            "lines over %d columns; a line is excepted only for a URL that is too long by itself",
                            MAX_COLUMNS)
                    .isEmpty();
        }
    }

    @Test
    void aLine_over120Columns_isReportedWithFileAndLine() {
        List<String> lines = List.of("x".repeat(120), "é".repeat(121), "𝄞".repeat(120));

        assertThat(longLines(Path.of("A.java"), lines)).containsExactly("A.java:2: 121 columns");
    }

    @Test
    void aUrl_thatIsTooLongByItself_isNotReported() {
        String url = "https://example.org/" + "x".repeat(120);
        List<String> lines =
                List.of("     * " + url, "// see " + url, "x".repeat(100) + " https://example.org/xxxxxxxx");

        assertThat(longLines(Path.of("A.java"), lines))
                .containsExactly("A.java:2: 147 columns", "A.java:3: 129 columns");
    }

    private static Stream<String> longLines(Path file) {
        try {
            return longLines(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> longLines(Path file, List<String> lines) {
        return IntStream.range(0, lines.size())
                .filter(i -> columns(lines.get(i)) > MAX_COLUMNS && !isOnlyUrl(lines.get(i)))
                .mapToObj(i -> file + ":" + (i + 1) + ": " + columns(lines.get(i)) + " columns");
    }

    private static int columns(String line) {
        return line.codePointCount(0, line.length());
    }

    /** A comment line with nothing but a URL: it cannot be wrapped. */
    private static boolean isOnlyUrl(String line) {
        return line.strip().matches("(//|\\*|/\\*\\*) https?://\\S+");
    }
}
