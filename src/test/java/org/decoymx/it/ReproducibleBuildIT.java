package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two builds of a release, in different directories, at different times, with different settings of the user. */
@Tag("long")
class ReproducibleBuildIT {
    private static final Duration LIMIT = Duration.ofMinutes(30);

    /** Copies the checkout as a user would get it, and builds the release there without the image. */
    private static final String BUILD = """
            set -e
            umask $2
            mkdir -p $1
            tar -c --exclude=./target --exclude=./.git . | tar -x --touch --no-same-permissions -C $1
            cd $1
            exec env -u MAVEN_PROJECTBASEDIR -u MAVEN_OPTS ENGINE= TZ=$3 LC_ALL=$4 bash .ci/release
            """;

    private static Path dir;
    private static Path first;
    private static Path second;

    @BeforeAll
    static void build() {
        RealProgram.require("jq");
        dir = TestResources.createDirectory("release");
        first = build("a", "022", "UTC", "C.UTF-8");
        second = build("longer/path/b", "077", "Asia/Tokyo", "C");
    }

    @AfterAll
    static void delete() {
        if (dir != null) {
            TestResources.delete(dir);
        }
    }

    private static Path build(String path, String mask, String zone, String locale) {
        Path checkout = dir.resolve(path);
        CompletedProgram build =
                CompletedProgram.run(LIMIT, "sh", "-c", BUILD, "sh", checkout.toString(), mask, zone, locale);
        assertThat(build.code()).as(build.output()).isZero();
        return checkout.resolve("target/release");
    }

    /** The checksums of the others are in SHA256SUMS. */
    @Test
    void allFiles_areTheSame() throws IOException {
        List<String> sums = Files.readAllLines(first.resolve("SHA256SUMS"));
        assertThat(sums)
                .map(line -> line.replaceFirst("^[0-9a-f]{64}  ", ""))
                .allSatisfy(name -> assertThat(first.resolve(name)).isRegularFile());
        assertThat(String.join("\n", sums))
                .contains("_all.deb", ".cdx.json", ".tar.gz", "  NOTICE", "  THIRD-PARTY.txt");
        assertThat(Files.readAllLines(second.resolve("SHA256SUMS"))).isEqualTo(sums);
        assertThat(run("sha256sum -c SHA256SUMS").code()).isZero();
    }

    @Test
    void archive_runsWhereItIsUnpacked() {
        CompletedProgram version =
                run("tar -xzf *.tar.gz && cd decoymx-*/ && java @deploy/jvm.options -jar quarkus-app/quarkus-run.jar"
                        + " --version");
        assertThat(version.output().strip()).matches("decoymx \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    }

    @Test
    void listOfLibraries_hasWhatIsShipped() throws IOException {
        Path list = Path.of(run("ls $PWD/*.cdx.json").output().strip());
        var components = new ObjectMapper().readTree(list.toFile()).get("components");
        assertThat(StreamSupport.stream(components.spliterator(), false)
                        .map(jar -> jar.get("group").asText() + "."
                                + jar.get("name").asText()))
                .containsExactlyInAnyOrderElementsOf(
                        Files.readAllLines(Path.of("src/test/resources/shipped-jars.txt")).stream()
                                .map(name -> name.replace("-linux-x86_64", ""))
                                .toList());
    }

    private static CompletedProgram run(String command) {
        return CompletedProgram.run(LIMIT, "sh", "-c", "cd " + first + " && " + command);
    }
}
