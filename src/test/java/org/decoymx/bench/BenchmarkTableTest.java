package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.it.CompletedProgram;
import org.junit.jupiter.api.Test;

class BenchmarkTableTest {
    private static final Pattern TITLE = Pattern.compile("new BenchmarkTable\\(\\s*\"([^\"]+)\"");

    @Test
    void numbers_haveThreeDigits() {
        assertThat(List.of(0.123, 1.0, 12.34, 123.4, 12_345.6, 0.0))
                .map(BenchmarkTable::number)
                .containsExactly("0.12", "1", "12.3", "123", "12,346", "0");
    }

    @Test
    void document_hasASectionOfEachBenchmark() throws IOException {
        Set<String> titles;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java/org/decoymx"))) {
            titles = files.filter(file -> file.toString().endsWith("BenchIT.java")
                            || file.toString().endsWith("SimulationIT.java"))
                    .flatMap(file -> TITLE.matcher(CompletedProgram.read(file)).results())
                    .map(match -> "## " + match.group(1))
                    .collect(Collectors.toSet());
        }
        assertThat(titles).isNotEmpty();
        assertThat(Files.readAllLines(Path.of("docs/benchmarks.md"))).containsAll(titles);
    }
}
