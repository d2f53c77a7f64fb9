package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What a user gets: no jar comes or goes unnoticed, and the licenses of all of them are with them. */
class ShippedFilesIT {
    private static final Path APPLICATION = Path.of(
                    System.getProperty("decoymx.jar", "target/quarkus-app/quarkus-run.jar"))
            .resolveSibling("");
    private static final Pattern LICENSE = Pattern.compile("(^|/)LICEN[CS]E(\\.(txt|md))?$");
    private static final Path EXPECTED = Path.of("src/test/resources/shipped-jars.txt");

    private static List<Path> jarFiles() throws IOException {
        try (Stream<Path> files = Files.walk(APPLICATION.resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    /** Group and artifact, without the version: {@code io.netty.netty-buffer}. */
    private static String name(Path jar) {
        return jar.getFileName().toString().replaceFirst("-\\d[^-]*(-\\d+)?((-linux-x86_64)?)\\.jar$", "$2");
    }

    private static List<String> jars() throws IOException {
        return jarFiles().stream().map(ShippedFilesIT::name).sorted().toList();
    }

    private static String thirdParties() throws IOException {
        return Files.readString(APPLICATION.resolve("THIRD-PARTY.txt")).replace(':', '.');
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
        String licenses = thirdParties();
        assertThat(jars()).allSatisfy(jar -> assertThat(licenses).contains(jar.replace("-linux-x86_64", "")));
        assertThat(licenses).doesNotContain("Unknown license");
    }

    /** The text of the Apache License is in LICENSE, and MIT-0 asks for nothing. */
    @Test
    void textOfEachLicense_isInTheJarOrInNotice() throws IOException {
        List<String> licenses = thirdParties().lines().toList();
        Set<String> inNotice =
                new HashSet<>(List.of(Files.readString(Path.of("NOTICE")).split("[^\\w-]+", -1)));
        for (Path jar : jarFiles()) {
            String name = name(jar).replace("-linux-x86_64", "");
            assertThat(licenses.stream()
                                    .filter(line -> line.contains("(" + name + "."))
                                    .anyMatch(line -> line.contains("(Apache") || line.contains("(The Apache"))
                            || name.endsWith("reactive-streams")
                            || hasLicense(jar)
                            || inNotice.contains(name.substring(name.lastIndexOf('.') + 1)))
                    .as("license of " + name)
                    .isTrue();
        }
    }

    private static boolean hasLicense(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .anyMatch(entry -> LICENSE.matcher(entry.getName()).find());
        }
    }
}
