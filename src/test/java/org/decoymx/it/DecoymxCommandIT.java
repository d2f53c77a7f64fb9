package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shipped command line, against a running decoy; and what it shows of the check. */
class DecoymxCommandIT {
    private static final String SCRIPT =
            Path.of("deploy/decoymx").toAbsolutePath().toString();
    private static final Path COMPLETION = Path.of("deploy/completion/decoymx");
    private static final String SENDER = "23.0.0.1";
    private static final String HOSTILE = "23.0.0.3";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path dir = TestResources.createDirectory("command");

    @AfterEach
    void delete() {
        TestResources.delete(dir);
    }

    private CompletedProgram run(Map<String, String> variables, String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(SCRIPT));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("DECOY") || name.startsWith("QUARKUS"));
        builder.environment().put("DECOYMX_CONFIG", dir.resolve("client.conf").toString());
        builder.environment()
                .put(
                        "DECOYMX_HOME",
                        Path.of(System.getProperty("decoymx.jar"))
                                .toAbsolutePath()
                                .resolveSibling("")
                                .toString());
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new CompletedProgram(process.waitFor(), output);
    }

    /** Runs a command with the settings in the file. */
    private CompletedProgram run(String... arguments) throws Exception {
        return run(Map.of(), "", arguments);
    }

    private void assertRun(int code, List<String> arguments, String... texts) throws Exception {
        CompletedProgram run = run(arguments.toArray(String[]::new));
        for (String text : texts) {
            assertThat(run.output()).as(arguments.toString()).contains(text);
        }
        assertThat(run.code()).as(arguments + ": " + run.output()).isEqualTo(code);
        assertThat(run.output().replace("\n", "")).as(arguments.toString()).matches("[ -~]*");
    }

    private DecoyProcess start(String... settings) throws IOException {
        DecoyProcess decoy = ExemptionCalls.startIn(dir, settings);
        Files.writeString(
                dir.resolve("client.conf"),
                "# comment\nDECOYMX_URL=\"" + decoy.url("/") + "\"\nDECOYMX_TOKEN=" + ExemptionCalls.TOKEN + "\n");
        return decoy;
    }

    @Test
    void everyCommand_asksAndSteersARunningDecoy() throws Exception {
        try (DecoyProcess decoy = start()) {
            ExemptionCalls.assertListed(decoy, SENDER, SENDER);
            assertRun(0, List.of("list"), "published  true", "ADDRESS", SENDER, "suspect");
            assertRun(0, List.of("list", "--tier", "confirmed", "--search=23.0.", "--size", "5"), "total      0");
            assertRun(2, List.of("list", "--tier", "bad"), "suspect, confirmed, all");
            assertRun(0, List.of("why", SENDER), "verdict        listed", "reasons", "evidence", "client.example.net");
            assertRun(0, List.of("why", SENDER, "--json"), "{\"origin\":\"" + SENDER + "\",\"listed\":true");
            assertRun(2, List.of("why", "example.org"), "is not an IP address");
            assertRun(2, List.of("why", "1.2.3"), "Not a valid IP address");
            assertRun(0, List.of("forget", SENDER, "--reason", "a \"mistake\" \\ of ours"), "a \"mistake\" \\ of ours");
            ExemptionCalls.awaitDelisted(decoy, SENDER);
            assertRun(1, List.of("forget", "23.0.0.99"), "never seen");
            assertRun(
                    0,
                    List.of("list-add", "2001:db8::9", "--for", "7d", "--reason", "our traps", "--tier", "confirmed"),
                    "tier           confirmed",
                    "our traps");
            decoy.awaitListed("2001:db8::9");
            assertRun(0, List.of("exempt", "2001:db8::/64", "--for", "30d", "--reason", "a partner"), "a partner");
            ExemptionCalls.awaitDelisted(decoy, "2001:db8::9");
            assertRun(0, List.of("exempt"), "2001:db8::/64", "a partner", "special");
            assertRun(1, List.of("list-add", "2001:db8::9"), "It is never listed");
            assertRun(0, List.of("exempt", "2001:db8::/64", "--end"));
            assertRun(1, List.of("exempt", "2001:db8::/64", "--end"), "was not exempted at run time");
            assertRun(0, List.of("stats"), "mode", "enforce", "senders", "known");
            assertRun(0, List.of("stats", "--json"), "\"mode\":\"enforce\"");
            assertExportAndImport();
        }
    }

    private void assertExportAndImport() throws Exception {
        assertRun(0, List.of("export", "ledger.ndjson"));
        Path exported = dir.resolve("ledger.ndjson");
        assertThat(Files.readString(exported)).contains("\"origin\":\"" + SENDER + "\"");
        assertRun(1, List.of("export", "ledger.ndjson"), "or it exists");
        assertRun(0, List.of("import", "ledger.ndjson"), "bad: 0, done: true");
        assertThat(CompletedProgram.run(LIMIT, "gzip", exported.toString()).code())
                .isZero();
        assertRun(0, List.of("import", "ledger.ndjson.gz", "--json"), "\"bad\":0,\"done\":true");
        CompletedProgram bad = run(Map.of(), "{}\n", "import");
        assertThat(bad.output()).contains("bad: 1");
        assertThat(bad.code()).isEqualTo(1);
        CompletedProgram all = run("export");
        assertThat(all.output()).contains("\"origin\":\"" + SENDER + "\"");
        assertThat(all.code()).isZero();
    }

    @Test
    void check_findsWhatIsWrong_asTextJsonAndHtml() throws Exception {
        try (DecoyProcess decoy = start("decoy.policy.mode=observe")) {
            // there is no real MX, so the exit code is that of a problem
            await("the first check")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertRun(
                            1,
                            List.of("check"),
                            "State: problem",
                            "Mode: observe",
                            "Would be listed: 0 suspect, 0 confirmed",
                            "problem  primary: example.org: no real MX is known",
                            "warning  mode: OBSERVE",
                            "warning  witnesses: example.org: ",
                            "unknown  port25: ",
                            "ok       starttls: STARTTLS offers a self-signed certificate, valid from",
                            "ok       feeds: The feed can be read: 0 entries.",
                            "ok       ledger-kept: ",
                            "ok       clock: "));
            assertRun(1, List.of("status"), "State: problem", "problem  primary");
            assertThat(run("status").output()).doesNotContain("ok       ");
            ProxiedClient.mail(decoy.smtpPort(), SENDER, DecoyWithLedger.RECIPIENT);
            await("a client from the internet")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertRun(
                            1, List.of("check"), "ok       port25: The internet reaches", "ok       source-address: "));

            JsonNode report = new ObjectMapper().readTree(decoy.get("/check").body());
            assertThat(report.path("state").asText()).isEqualTo("problem");
            assertThat(report.path("findings")).allSatisfy(finding -> assertThat(
                            finding.path("level").asText().equals("ok")
                                    == finding.path("advice").asText().isEmpty())
                    .as(finding.toString())
                    .isTrue());
            CompletedProgram page = ExemptionCalls.curl(decoy, "GET", "/check", "-H", "Accept: text/html,*/*;q=0.8");
            ExemptionCalls.assertResponse(
                    page, 200, "text/html;charset=utf-8", "id=\"finding-primary\"", "class=\"state-bad\">problem");
        }
    }

    @Test
    void hostileNames_areInert() throws Exception {
        try (DecoyProcess decoy = start();
                SmtpClient session = ProxiedClient.connect(decoy.smtpPort(), HOSTILE)) {
            session.readReply();
            session.sendCommand("HELO <script>${jndi:ldap://x}</script>");
            session.sendCommand("MAIL FROM:<a@b.example>");
            session.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
            assertThat(session.sendCommand("DATA")).startsWith("451 ");
            decoy.awaitListed(HOSTILE);
            assertRun(0, List.of("why", HOSTILE), "evidence", "<script>");
            assertRun(0, List.of("why", HOSTILE, "--json"), "\"evidence\"");
            assertRun(0, List.of("list"), HOSTILE);
            assertRun(0, List.of("forget", HOSTILE, "--reason", "<b>${jndi:x}"), "<b>${jndi:x}");
            assertRun(2, List.of("forget", HOSTILE, "--reason", "two\nlines"), "one line");
        }
    }

    @Test
    void exitCodes_tellWhatIsWrong() throws Exception {
        int closed = TestResources.reservePort();
        Files.writeString(dir.resolve("client.conf"), "DECOYMX_URL=http://127.0.0.1:" + closed + "\n");
        assertRun(3, List.of("status"), "does not answer");
        for (List<String> wrong : List.of(
                List.of("nonsense"),
                List.of("why"),
                List.of("why", "192.0.2.1", "192.0.2.2"),
                List.of("list", "--for", "7d"),
                List.of("list", "--size"),
                List.of("exempt", "--end"),
                List.of("forget", "../stats"),
                List.of("exempt", "192.0.2.0/24", "--for", "7d&x"))) {
            assertRun(2, wrong, "decoymx: ", "--help");
        }
        for (String command : List.of(
                "status",
                "list",
                "why",
                "forget",
                "list-add",
                "exempt",
                "stats",
                "check",
                "export",
                "import",
                "check-config",
                "hash-password")) {
            assertRun(0, List.of(command, "--help"), "Usage: decoymx " + command);
            assertRun(0, List.of("--help"), "  " + command + " ");
        }
        try (DecoyProcess decoy = start()) {
            Map<String, String> stranger =
                    Map.of("DECOYMX_URL", decoy.url(""), "DECOYMX_TOKEN", "no-token-\"\\of-this");
            assertThat(run(stranger, "", "forget", SENDER).code()).isEqualTo(4);
            assertThat(run(stranger, "", "export").code()).isEqualTo(4);
            assertThat(run(Map.of("DECOYMX_URL", decoy.url("")), "", "export", "x")
                            .output())
                    .contains("decoymx: ");
            assertThat(dir.resolve("x")).doesNotExist();
            Map<String, String> user =
                    Map.of("DECOYMX_URL", decoy.url(""), "DECOYMX_USER", "anybody:" + ExemptionCalls.TOKEN);
            assertThat(run(user, "", "list").code()).isZero();
            Map<String, String> container = Map.of(
                    "DECOY_ADMIN_TOKEN",
                    ExemptionCalls.TOKEN,
                    "QUARKUS_HTTP_HOST",
                    "0.0.0.0",
                    "QUARKUS_HTTP_PORT",
                    String.valueOf(decoy.httpPort()));
            Files.delete(dir.resolve("client.conf"));
            assertThat(run(container, "", "list").code()).isZero();
        }
    }

    @Test
    void hashPassword_makesALineForTheFileOfUsers() throws Exception {
        CompletedProgram line = run(Map.of(), "a long password\n", "hash-password", "maria", "admin,reader");
        assertThat(line.output()).matches("maria:\\$2y\\$12\\$[./A-Za-z0-9]{53}:admin,reader\n");
        String hash = line.output().split(":", -1)[1];
        assertThat(OpenBSDBCrypt.checkPassword(hash, "a long password".toCharArray()))
                .isTrue();
        assertThat(run(Map.of(), "a long password", "hash-password").output()).startsWith("$2y$12$");
        CompletedProgram tooShort = run(Map.of(), "short\n", "hash-password", "maria");
        assertThat(tooShort.code()).isEqualTo(1);
        assertThat(tooShort.output()).isEqualTo("a password must have at least 8 characters and at most 72 octets\n");
        assertThat(run(Map.of(), "a long password\n", "hash-password", "a:b").code())
                .isEqualTo(2);
    }

    @Test
    void token_isNotInTheProcessList() throws Exception {
        // a curl that prints its arguments
        Path bin = Files.createDirectory(dir.resolve("bin"));
        Path curl = Files.writeString(
                bin.resolve("curl"), "#!/bin/sh\nprintf 'ARGUMENTS %s\\n' \"$*\"\ncat \"$3\"\necho 200\n");
        assertThat(curl.toFile().setExecutable(true)).isTrue();
        CompletedProgram run = run(
                Map.of("PATH", bin + ":" + System.getenv("PATH"), "DECOYMX_TOKEN", "the-secret-of-the-test"),
                "",
                "list");
        assertThat(run.output())
                .contains("ARGUMENTS -q -K ", "\nheader = \"Authorization: Bearer the-secret-of-the-test\"");
        assertThat(run.output().lines().filter(text -> text.startsWith("ARGUMENTS")))
                .noneMatch(text -> text.contains("secret"));
    }

    @Test
    void completion_knowsCommandsAndOptions() {
        String script = "source " + COMPLETION.toAbsolutePath()
                + "; COMP_WORDS=(decoymx \"$@\"); COMP_CWORD=$#; _decoymx; echo \"${COMPREPLY[*]}\"";
        assertThat(complete(script, "l")).isEqualTo("list list-add\n");
        assertThat(complete(script, "list", "--t")).isEqualTo("--tier\n");
        assertThat(complete(script, "list", "--tier", "s")).isEqualTo("suspect\n");
        assertThat(complete(script, "exempt", "192.0.2.1", "--")).isEqualTo("--for --reason --end --json --help\n");
    }

    private static String complete(String script, String... words) {
        List<String> command = new ArrayList<>(List.of("bash", "-c", script, "bash"));
        command.addAll(List.of(words));
        return CompletedProgram.run(LIMIT, command.toArray(String[]::new)).output();
    }

    @Test
    void manPage_hasEachCommand() throws Exception {
        String page = Files.readString(Path.of("deploy/decoymx.1")).replace("\\-", "-");
        String help = run("--help").output();
        Matcher commands = Pattern.compile("(?m)^  ([a-z-]+) ").matcher(help);
        assertThat(commands.results().map(command -> command.group(1)))
                .hasSizeGreaterThan(10)
                .allSatisfy(command -> assertThat(page).containsPattern("\\.TP\n\\.B[RI]* " + command + "[ \n]"));
        for (String option : List.of("tier", "since", "search", "page", "size", "for", "reason", "end", "json")) {
            assertThat(page).contains("--" + option);
        }
    }

    @Test
    void scripts_areCleanForShellcheck() {
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                RealProgram.require("shellcheck"),
                "-s",
                "bash",
                SCRIPT,
                COMPLETION.toString(),
                "deploy/class-data");
        CompletedProgram maintainer = CompletedProgram.run(
                LIMIT,
                RealProgram.require("shellcheck"),
                "src/deb/control/config",
                "src/deb/control/postinst",
                "src/deb/control/postrm",
                "src/deb/control/prerm");
        assertThat(maintainer.output()).isEmpty();
        assertThat(run.output()).isEmpty();
        assertThat(run.code()).isZero();
    }
}
