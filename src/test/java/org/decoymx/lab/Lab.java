package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.it.ConsumerFiles;
import org.decoymx.it.Postfix;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;

/**
 * The network of the senders and that of the site, with a resolver each; at the site a Postfix, the primary MX, and a
 * decoy. All durations are the defaults. The test sets the clock of the decoy ahead, so that an hour takes a few
 * seconds, or a stated part of an hour.
 */
final class Lab implements AutoCloseable {
    /** The address of the primary MX. */
    static final String PRIMARY = "23.0.0.10";

    /** The address of the decoy. */
    static final String DECOY = "23.0.0.99";

    static final String PRIMARY6 = "2a00:0:0:1::10";
    static final String DECOY6 = "2a00:0:0:1::99";

    /** The IPv6 addresses of senders. */
    static final List<String> SENDERS6 =
            List.of(PostfixSenders.address6(15), PostfixSenders.address6(16), "2a00:1:0:ff::1", "2a00:1:0:ff::2");

    /** Further addresses of the primary. */
    static final List<String> MORE_ADDRESSES = List.of("23.0.0.11", "23.0.0.12");

    /** An address of the site at which nothing listens. */
    static final String UNUSED = "23.0.0.13";

    /** The lines of main.cf with which the primary asks the policy service. */
    static final String POLICY = ConsumerFiles.readAdapted("postfix/policy.cf");

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);

    /** Less than the ten minutes after which a primary that reports nothing is silent. */
    private static final Duration MAX_STEP = Duration.ofMinutes(9);

    private static final Duration SLOW_STEP = Duration.ofSeconds(10);
    private static final String STRANGER = "23.2.255.1";

    private static final int MAX_STEPS = 60;
    /** The decoy is on the machine of the primary, and so the probe comes from the address that it goes to. */
    private static final Pattern PROBE = Pattern.compile("disconnect from \\S+\\[" + PRIMARY + "\\]");

    private static final String DAEMONS = "discard unix - - n - - discard\ntlsmgr unix - - n 1000? 1 tlsmgr\n";

    private static final String MAIN = """
            relayhost =
            smtp_bind_address =
            inet_protocols = all
            myhostname = mx1.example.org
            relay_domains = example.org
            relay_transport = discard:
            queue_run_delay = 10d
            """;

    private static final List<String> RECORDS = List.of(
            "example.org. MX 10 mx1.example.org.",
            "example.org. MX 90 mx9.example.org.",
            "mx1.example.org. A " + PRIMARY,
            "mx9.example.org. A " + DECOY);

    private final Path dir = TestResources.createDirectory("lab");
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final LabClock clock = new LabClock(dir);
    private final LabNamespace world;
    private final LabNamespace site;
    private final LabDns worldDns;
    private final LabDns siteDns;
    private final Postfix primary;
    private final LabDecoy decoy;

    private final LabSettings settings;
    private Duration sinceProbe = Duration.ZERO;
    private int probes;

    /**
     * What differs from one lab to another.
     *
     * @param probeInterval between two probes of the primary
     * @param factor an hour takes at least this part of an hour: 10 for six minutes; 0 for as short as possible
     * @param primary more lines of main.cf of the primary
     * @param records more records of the resolvers
     * @param decoy more settings of the decoy
     */
    record LabSettings(Duration probeInterval, int factor, String primary, List<String> records, List<String> decoy) {}

    /** Starts all programs. */
    Lab(LabSettings settings) throws IOException {
        this.settings = settings;
        Stream.of("socat", "postfix", "unbound", "sendmail").forEach(RealProgram::require);
        try {
            world = add(new LabNamespace(directory("world")));
            site = add(new LabNamespace(directory("site")));
            connect();
            List<String> records =
                    Stream.concat(RECORDS.stream(), settings.records().stream()).toList();
            worldDns = add(new LabDns(world, dir.resolve("world"), records));
            siteDns = add(new LabDns(site, dir.resolve("site"), records));
            primary = add(startPrimary());
            decoy = startDecoy();
        } catch (IOException | RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T add(T part) {
        started.push(part);
        return part;
    }

    /**
     * Starts the mail server of the senders.
     *
     * @param encrypting the numbers of the senders that insist on TLS
     */
    PostfixSenders startSenders(Integer... encrypting) {
        return add(new PostfixSenders(world, List.of(encrypting)));
    }

    /** Creates a directory that is deleted with the lab. */
    Path directory(String name) throws IOException {
        return Files.createDirectory(dir.resolve(name));
    }

    private void connect() {
        LabNamespace.connect(world, site);
        List<String> siteAddresses = new ArrayList<>(MORE_ADDRESSES);
        siteAddresses.addAll(List.of(PRIMARY, DECOY, UNUSED));
        siteAddresses.forEach(address -> site.run("ip", "address", "add", address + "/32", "dev", "eth0"));
        world.run("ip", "route", "add", "local", "23.1.0.0/16", "dev", "lo");
        world.run("ip", "route", "add", "local", "23.2.0.0/16", "dev", "lo");
        world.run("ip", "route", "add", "23.0.0.0/24", "dev", "eth0", "src", STRANGER);
        site.run("ip", "route", "add", "23.0.0.0/8", "dev", "eth0", "src", PRIMARY);
        if (hasIpv6()) {
            connectIpv6();
        }
    }

    /** Whether the machine has IPv6, which some containers lack. */
    static boolean hasIpv6() {
        return Files.exists(Path.of("/proc/net/if_inet6"));
    }

    private void connectIpv6() {
        for (String address : List.of(PRIMARY6, DECOY6)) {
            site.run("ip", "address", "add", address + "/128", "dev", "eth0", "nodad");
        }
        for (String address : SENDERS6) {
            world.run("ip", "address", "add", address + "/128", "dev", "eth0", "nodad");
        }
        world.run("ip", "route", "add", "2a00:0:0:1::/64", "dev", "eth0");
        site.run("ip", "route", "add", "2a00:1::/32", "dev", "eth0");
    }

    private Postfix startPrimary() {
        List<String> addresses = new ArrayList<>(MORE_ADDRESSES);
        addresses.add(PRIMARY);
        if (hasIpv6()) {
            addresses.add("[" + PRIMARY6 + "]");
        }
        String master = addresses.stream()
                .map(address -> address + ":25 inet n - n - - smtpd\n")
                .collect(Collectors.joining("", DAEMONS, ""));
        return new Postfix(MAIN + settings.primary(), master, site.command());
    }

    private LabDecoy startDecoy() throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "decoy.domains=example.org",
                "decoy.hostname=mx9.example.org",
                "decoy.primary.probe-interval=" + settings.probeInterval().toSeconds() + "s"));
        all.addAll(settings.decoy());
        return add(new LabDecoy(site, directory("decoy"), clock, hasIpv6() ? DECOY + "," + DECOY6 : DECOY, all));
    }

    /** Lets time pass at a site where the primary is up and gets other mail all the time. */
    void pass(Duration time) throws IOException {
        Duration left = time;
        while (left.compareTo(Duration.ZERO) > 0) {
            Duration step = Stream.of(left, settings.probeInterval(), settings.factor() > 0 ? SLOW_STEP : MAX_STEP)
                    .min(Duration::compareTo)
                    .orElseThrow();
            advance(step);
            offer(STRANGER, PRIMARY, "stranger@example.net", "postmaster@example.org");
            sinceProbe = sinceProbe.plus(step);
            if (sinceProbe.compareTo(settings.probeInterval().multipliedBy(2)) >= 0) {
                awaitProbe();
            }
            left = left.minus(step);
        }
    }

    /** Lets time pass in which nothing happens; more than four probe intervals of it are an outage. */
    void advance(Duration time) {
        if (settings.factor() == 0) {
            clock.advance(time);
            return;
        }
        Duration real = time.dividedBy(settings.factor());
        clock.advance(time.minus(real));
        await("time to pass").pollDelay(real).atMost(real.plus(LIMIT)).until(() -> true);
    }

    /** Waits until the decoy has probed the primary once more. */
    void awaitProbe() {
        await("a probe").atMost(LIMIT).pollInterval(POLL).until(() -> countProbes() > probes);
        probes = countProbes();
        sinceProbe = Duration.ZERO;
    }

    private int countProbes() {
        return (int) PROBE.matcher(primary.log()).results().count();
    }

    /** Offers a message from an address; returns the first reply that refuses, or the last. */
    String offer(String from, String to, String sender, String recipient) throws IOException {
        return LabClient.offer(world, from, to, sender, recipient);
    }

    /** Changes parameters of the primary, and waits until its first reply that refuses, or its last, is like this. */
    void changePrimary(String recipient, String reply, String... parameters) {
        primary.setParameters(parameters);
        await("the primary to say " + reply).atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> assertThat(
                        offer(STRANGER, PRIMARY, "stranger@example.net", recipient))
                .startsWith(reply));
    }

    /** Runs post-witnesses on the log of a Postfix whose clock was right. */
    void postWitnesses(Postfix postfix) throws IOException {
        Path token = Files.writeString(dir.resolve("token"), LabDecoy.TOKEN);
        site.run(
                Path.of("deploy/witness/post-witnesses").toAbsolutePath().toString(),
                "http://127.0.0.1:8080",
                token.toString(),
                postfix.logFile().toString(),
                dir.resolve("witnesses").toString());
    }

    /** Waits until sessions count again, after an outage. */
    void awaitScoring() throws IOException {
        for (int i = 0; i < MAX_STEPS && !isScoring(); i++) {
            pass(Duration.ofMinutes(5));
        }
        assertThat(isScoring()).as(() -> decoy.health()).isTrue();
    }

    /** Waits until the decoy has seen the trouble of the primary. */
    void awaitDown() {
        await("the trouble to be seen").atMost(LIMIT).pollInterval(POLL).until(() -> decoy.health()
                .contains("down since"));
    }

    /** Waits until the decoy has seen that the primary is up again; a probe interval passes. */
    void awaitUp() {
        advance(settings.probeInterval());
        await("the primary to be up").atMost(LIMIT).pollInterval(POLL).until(() -> !decoy.health()
                .contains("down since"));
    }

    /** Waits until sessions count, after the start. */
    void awaitStart() {
        await("scoring").atMost(LIMIT).pollInterval(POLL).until(this::isScoring);
    }

    private boolean isScoring() {
        String health = decoy.health();
        return health.contains("up since") && !health.contains("nothing counts");
    }

    LabNamespace world() {
        return world;
    }

    LabNamespace site() {
        return site;
    }

    LabDns worldDns() {
        return worldDns;
    }

    LabDns siteDns() {
        return siteDns;
    }

    Postfix primary() {
        return primary;
    }

    LabDecoy decoy() {
        return decoy;
    }

    LabClock clock() {
        return clock;
    }

    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        TestResources.delete(dir);
    }
}
