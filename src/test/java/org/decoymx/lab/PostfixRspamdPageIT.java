package org.decoymx.lab;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.ConsumerFiles;
import org.decoymx.it.DocumentBlocks;
import org.decoymx.it.Postfix;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * docs/postfix-rspamd.md, played as it stands: its settings, and each of its commands that has an output, in their
 * order, at a site with the addresses of the page. rspamd has the configuration of its package; Postfix sends it each
 * message. An envelope is abandoned after two seconds, not 12 hours.
 */
class PostfixRspamdPageIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final String PAGE = CompletedProgram.read(Path.of("docs/postfix-rspamd.md"));
    private static final String PRIMARY = "192.0.2.25";
    private static final String DECOY = "192.0.2.26";
    private static final String SENDER = "198.51.100.7";
    private static final String STRANGER = "203.0.113.8";
    private static final String OUTSIDE = "outside$ ";

    /** What each character of {@code …} is in a page that is read as ISO 8859-1. */
    private static final String ANYTHING = "\u00e2\u0080\u00a6";

    private static final List<String> RECORDS = List.of(
            "example.org. MX 10 mx1.example.org.",
            "example.org. MX 90 mx9.example.org.",
            "mx1.example.org. A " + PRIMARY,
            "mx9.example.org. A " + DECOY);

    private static final String MASTER = PRIMARY + ":25 inet n - n - - smtpd\n"
            + "discard unix - - n - - discard\ntlsmgr unix - - n 1000? 1 tlsmgr\n";

    private static final String MAIN = """
            relayhost =
            smtp_bind_address =
            myhostname = mx1.example.org
            relay_domains = example.org
            relay_transport = discard:
            smtpd_milters = inet:127.0.0.1:11332
            """;

    /** The directories of rspamd, for this test only. */
    private static final String PREPARE = """
            cd "$0"
            for dir in etc/rspamd var/lib/rspamd var/log/rspamd run; do
                mkdir -p "$0/$dir"
                [ $dir != etc/rspamd ] || cp -a /etc/rspamd/. "$0/$dir"
                chown _rspamd "$0/$dir"
                mount --bind "$0/$dir" "/$dir"
            done
            mkdir -m 777 /run/rspamd
            echo com > /etc/rspamd/tld
            echo 'disable_hyperscan = true; url_tld = "/etc/rspamd/tld";' > /etc/rspamd/local.d/options.inc
            """;

    private final Path dir = TestResources.createDirectory("page");
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final LabClock clock = new LabClock(dir);
    private final Path settings = dir.resolve("application.properties");
    private LabNamespace world;
    private LabNamespace site;

    @SuppressWarnings("NullAway.Init")
    private LabDecoy decoy;

    /** Connects a network of the page with one outside, and starts its name servers. */
    @BeforeEach
    void connect() throws IOException {
        Stream.of("socat", "postfix", "unbound", "rspamd", "dig", "swaks", "curl")
                .forEach(RealProgram::require);
        world = add(new LabNamespace(Files.createDirectory(dir.resolve("world"))));
        site = add(new LabNamespace(Files.createDirectory(dir.resolve("site"))));
        LabNamespace.connect(world, site);
        for (String address : List.of(PRIMARY, DECOY)) {
            site.run("ip", "address", "add", address + "/24", "dev", "eth0");
        }
        for (String address : List.of(SENDER, STRANGER)) {
            world.run("ip", "address", "add", address + "/24", "dev", "eth0");
        }
        for (String network : List.of("198.51.100.0/24", "203.0.113.0/24")) {
            site.run("ip", "route", "add", network, "dev", "eth0", "src", PRIMARY);
        }
        world.run("ip", "route", "add", "192.0.2.0/24", "dev", "eth0", "src", SENDER);
        add(new LabDns(world, dir.resolve("world"), RECORDS));
        add(new LabDns(site, dir.resolve("site"), RECORDS));
    }

    @AfterEach
    void cleanUp() throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
        TestResources.delete(dir);
    }

    private <T extends AutoCloseable> T add(T part) {
        started.push(part);
        return part;
    }

    /** The part of the page from one heading up to another. */
    private static String part(String from, String to) {
        int start = PAGE.indexOf("\n## " + from);
        int end = PAGE.indexOf("\n## " + to);
        assertThat(start).as(from).isPositive();
        assertThat(end).as(to).isGreaterThan(start);
        return PAGE.substring(start, end);
    }

    private void startDecoy() throws IOException {
        Path data = dir.resolve("decoy");
        if (!Files.exists(data)) {
            Files.createDirectory(data);
        }
        decoy = add(new LabDecoy(
                site,
                data,
                clock,
                DECOY,
                List.of(
                        "quarkus.config.locations=" + settings,
                        "decoy.policy.retry-after=1s",
                        "decoy.policy.abandoned-after=2s",
                        "decoy.feed.max-age=6s",
                        "decoy.primary.probe-interval=10s")));
    }

    /** Starts rspamd with the configuration of its package. */
    private Process startRspamd() throws IOException {
        Path base = Files.createDirectory(dir.resolve("rspamd"));
        site.run("sh", "-ec", PREPARE, base.toString());
        Process process = site.builder(RealProgram.require("rspamd"), "-f", "-u", "_rspamd", "-g", "_rspamd")
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("rspamd.out").toFile())
                .start();
        add(() -> {
            process.destroy();
            process.waitFor();
        });
        await("rspamd")
                .atMost(LIMIT)
                .pollInterval(POLL)
                .until(() -> run(site, "rspamc stat").code() == 0);
        return process;
    }

    /** Writes the file of the page, and has rspamd reload. After an error rspamd asks again within seconds. */
    private void configureRspamd(Process rspamd) {
        String command = DocumentBlocks.find(PAGE, "sh").stream()
                .filter(block -> block.contains("multimap.conf"))
                .findFirst()
                .orElseThrow();
        assertThat(command).contains("poll = 5s;");
        site.run("sh", "-ec", command.replace("poll = 5s;", "poll = 0.2s;"));
        site.run("kill", "-HUP", Long.toString(rspamd.pid()));
    }

    private static CompletedProgram run(LabNamespace namespace, String command) {
        String script = "PATH=" + Path.of("deploy").toAbsolutePath() + ":$PATH; " + command;
        return CompletedProgram.run(LIMIT, namespace.command("sh", "-c", script));
    }

    /** Runs each command of a part of the page until it prints what the page says. */
    private void play(String part) {
        DocumentBlocks.find(part, "console").stream()
                .flatMap(block -> Stream.of(block.split("\n(?=\\$ |outside\\$ )", -1)))
                .forEach(this::playCommand);
    }

    /** A number at the end of what the page shows stands for any above 0. */
    private void playCommand(String step) {
        boolean outside = step.startsWith(OUTSIDE);
        int end = step.indexOf('\n');
        String command = step.substring(outside ? OUTSIDE.length() : 2, end);
        String shown = step.substring(end).strip();
        String text = shown.replaceFirst("(?<![^ ])[0-9]+(\\.0)?$", "");
        String expected =
                Stream.of(text.split(ANYTHING, -1)).map(Pattern::quote).collect(joining(".*"))
                        + (text.equals(shown) ? "" : "[1-9][0-9.]*");
        await(command).atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> assertThat(
                        run(outside ? world : site, command).output().strip())
                .as(() -> command + "\n" + decoy.describe(SENDER))
                .matches(Pattern.compile(expected, Pattern.DOTALL)));
    }

    /** The sender comes again and again with something new, and never tries again. */
    private void awaitConfirmed() {
        StringBuilder name = new StringBuilder("spam");
        await("the sender to be confirmed").atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> {
            LabClient.offer(world, STRANGER, PRIMARY, "stranger@example.net", "user@example.org");
            LabClient.offer(world, SENDER, DECOY, name.append('x') + "@example.com", "user@example.org");
            assertThat(decoy.tierOf(SENDER)).as(() -> decoy.describe(SENDER)).isEqualTo("confirmed");
        });
    }

    @Test
    void page_leadsFromInstallationToTheFirstRejectedSpam() throws IOException {
        String properties = String.join("", DocumentBlocks.find(PAGE, "properties"));
        assertThat(properties).contains("decoy.smtp.host=" + DECOY);
        Files.writeString(settings, properties);
        String main = String.join("", DocumentBlocks.find(PAGE, "main.cf"));
        assertThat(main).contains(ConsumerFiles.readAdapted("postfix/policy.cf").replaceAll("(?m)^#.*\n", ""));
        Process rspamd = startRspamd();
        add(new Postfix(MAIN + main, MASTER, site.command()));
        startDecoy();
        configureRspamd(rspamd);
        LabClient.offer(world, STRANGER, PRIMARY, "stranger@example.net", "user@example.org");
        play(part("2. ", "8. "));

        decoy.close();
        Files.writeString(settings, properties.replace("decoy.policy.mode=observe\n", ""));
        startDecoy();
        String last = part("8. ", "If something");
        int rejection = last.indexOf("A sender that never tries again");
        play(last.substring(0, rejection));
        awaitConfirmed();
        play(last.substring(rejection));
    }

    /** The page has the two maps of the shipped file, which has more comments. */
    @Test
    void mapsOfThePage_areTheShippedOnes() {
        String shipped = ConsumerFiles.readAdapted("rspamd/multimap.conf", "decoy.example.org", "127.0.0.1")
                .replaceAll("(?m)^ *#.*\n", "")
                .replaceAll("\n\n+", "\n")
                .strip();
        assertThat(PAGE).contains(shipped);
    }
}
