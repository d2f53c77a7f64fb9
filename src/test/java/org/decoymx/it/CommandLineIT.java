package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The command-line options of the built jar; none of them starts the server. */
class CommandLineIT {
    private final Path dir = TestResources.createDirectory("command-line");

    @AfterEach
    void delete() {
        TestResources.delete(dir);
    }

    private CompletedProgram run(Map<String, String> variables, List<String> properties, String... arguments)
            throws Exception {
        List<String> options =
                properties.stream().map(property -> "-D" + property).toList();
        return runJava(variables, options, arguments);
    }

    private CompletedProgram runJava(Map<String, String> variables, List<String> options, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of(
                "-jar",
                Path.of(System.getProperty("decoymx.jar")).toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("DECOY_"));
        builder.environment().putAll(variables);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new CompletedProgram(process.waitFor(), output);
    }

    private void assertNothingStarted(CompletedProgram run) throws IOException {
        assertThat(run.output()).doesNotContain("Listening on", "SMTP on", "\tat ");
        try (Stream<Path> files = Files.list(dir)) {
            assertThat(files.filter(file -> !file.endsWith("config") && !file.endsWith(".env")))
                    .isEmpty();
        }
    }

    @Test
    void help_listsOptionsAndConfigurationSources() throws Exception {
        CompletedProgram run = run(Map.of(), List.of(), "--help");

        assertThat(run.code()).isZero();
        assertThat(run.output()).contains("--version", "--check-config", "config/application.properties", "docs/");
        assertNothingStarted(run);
    }

    @Test
    void version_printsBuildVersion() throws Exception {
        CompletedProgram run = run(Map.of(), List.of(), "--version");

        assertThat(run.code()).isZero();
        assertThat(run.output().strip()).matches("decoymx \\d+\\.\\d+\\.\\d+.*");
        assertNothingStarted(run);
    }

    @Test
    void classDataArchive_isUsed_andIgnoredWithoutAWordIfItDoesNotFit() throws Exception {
        String shipped = "@" + Path.of("deploy/jvm.options").toAbsolutePath();
        Path archive = ClassDataArchive.of(Path.of(System.getProperty("decoymx.jar")));
        String option = "-XX:SharedArchiveFile=";
        CompletedProgram run = runJava(Map.of(), List.of(shipped, option + archive, "-Xlog:class+load"), "--version");
        assertThat(run.output()).containsPattern("org\\.decoymx\\.Main source: shared objects file \\(top\\)");

        Path empty = Files.createFile(dir.resolve("empty"));
        Path otherJava = dir.resolve("other-java");
        byte[] octets = Files.readAllBytes(archive);
        octets[new String(octets, StandardCharsets.ISO_8859_1).indexOf("OpenJDK ")]++;
        Files.write(otherJava, octets);
        for (Path unusable : List.of(dir.resolve("missing"), empty, otherJava)) {
            run = runJava(Map.of(), List.of(shipped, option + unusable), "--version");
            assertThat(run.output().strip()).matches("decoymx \\d+\\.\\d+\\.\\d+\\S*");
        }
    }

    @Test
    void unknownArgument_isRejected() throws Exception {
        CompletedProgram run = run(Map.of(), List.of(), "--chek-config");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.output().lines()).hasSize(1);
        assertThat(run.output()).contains("'--chek-config'", "--check-config");
        assertNothingStarted(run);
    }

    @Test
    void validConfiguration_withKubernetesVariables_passesWithWarning() throws Exception {
        CompletedProgram run = run(Map.of("DECOY_SERVICE_HOST", "10.0.0.1"), List.of(), "--check-config");

        assertThat(run.code()).isZero();
        assertThat(run.output()).contains("warning: DECOY_SERVICE_HOST: ignored", "valid");
        assertNothingStarted(run);
    }

    @Test
    void problems_inAllSources_areAllReported() throws Exception {
        Files.createDirectory(dir.resolve("config"));
        Files.writeString(dir.resolve("config/application.properties"), "decoy.smtp.prot=25\ndecoy.dnsbl.zone=-.-\n");
        Files.writeString(dir.resolve(".env"), "DECOY_DOMAIN=example.org\n");
        CompletedProgram run = run(
                Map.of("DECOY_SMTP_PORT", "70000", "DECOY_POLICY_TLL", "1h"),
                List.of(
                        "decoy.feed.acces=open",
                        "decoy.admin.token=short",
                        "decoy.public-url=https://a:b@example.org",
                        "quarkus.http.port=9000"),
                "--check-config");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output().lines())
                .contains(
                        "decoy.smtp.prot: unknown key; did you mean decoy.smtp.port?",
                        "DECOY_POLICY_TLL: unknown environment variable; did you mean DECOY_POLICY_TTL?",
                        "DECOY_DOMAIN: unknown environment variable; did you mean DECOY_DOMAINS?",
                        "decoy.feed.acces: unknown key; did you mean decoy.feed.access?",
                        "decoy.smtp.port: 70000 is out of range (1 to 65535)",
                        "decoy.admin.token: the value is not 16 to 256 printable ASCII characters without blanks",
                        "decoy.dnsbl.zone: '-.-' is not a domain name of at most 191 octets (example: bl.example.org)")
                .hasSize(8);
        assertNothingStarted(run);
    }

    @Test
    void equalPorts_areRejected() throws Exception {
        CompletedProgram run = run(Map.of(), List.of("quarkus.http.port=9000"), "--check-config");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output().strip())
                .isEqualTo("quarkus.management.port: 9000 is also the value of quarkus.http.port; set different ports");
    }
}
