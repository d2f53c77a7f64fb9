package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a user gets: no jar comes or goes unnoticed, and the licenses of all of them are with them. */
class ShippedFilesIT {
    private static final Path APPLICATION = Path.of(
                    System.getProperty("decoymx.jar", "target/quarkus-app/quarkus-run.jar"))
            .resolveSibling("");
    private static final Path EXPECTED = Path.of("src/test/resources/shipped-jars.txt");

    /** Group and artifact, without the version: {@code io.netty.netty-buffer}. */
    private static List<String> jars() throws IOException {
        try (Stream<Path> files = Files.walk(APPLICATION.resolve("lib"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .map(name -> name.replaceFirst("-\\d[^-]*(-\\d+)?((-linux-x86_64)?)\\.jar$", "$2"))
                    .sorted()
                    .toList();
        }
    }

    /** If a new jar is needed, add it to the list; if not, to quarkus.class-loading.removed-artifacts. */
    @Test
    void jars_areTheListedOnes() throws IOException {
        assertThat(jars()).containsExactlyElementsOf(Files.readAllLines(EXPECTED));
    }

    @Test
    void licenses_areShipped_andNameEachJar() throws IOException {
        assertThat(APPLICATION.resolve("LICENSE")).hasSameTextualContentAs(Path.of("LICENSE"));
        assertThat(APPLICATION.resolve("NOTICE")).hasSameTextualContentAs(Path.of("NOTICE"));
        String licenses =
                Files.readString(APPLICATION.resolve("THIRD-PARTY.txt")).replace(':', '.');
        assertThat(jars()).allSatisfy(jar -> assertThat(licenses).contains(jar.replace("-linux-x86_64", "")));
        assertThat(licenses).doesNotContain("Unknown license");
    }
}
