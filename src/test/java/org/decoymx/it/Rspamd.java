package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real rspamd with a single module. It scans a message as if from any client address. */
final class Rspamd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int NO_RESOLVER = 1;

    private static final String MULTIMAP = """
            modules { path = "/usr/share/rspamd/plugins/multimap.lua"; }
            multimap { .include "%1$s/multimap.conf" }
            """;

    private static final String RBL = """
            modules { path = "/usr/share/rspamd/plugins/rbl.lua"; }
            rbl { .include "%1$s/rbl.conf" }
            group "rbl" { .include "%1$s/rbl_group.conf" }
            """;

    private final String program = RealProgram.require("rspamd");
    private final String client = RealProgram.require("rspamc");
    private final Path dir = TestResources.createDirectory("rspamd");
    private final int port = TestResources.reservePort();
    private DaemonProcess daemon;

    /**
     * Starts rspamd with the multimap module.
     *
     * @param maps the entries of its {@code multimap.conf}
     */
    Rspamd(String... maps) {
        this(NO_RESOLVER, MULTIMAP, Map.of("multimap.conf", String.join("\n", maps)));
    }

    /**
     * Starts rspamd with the rbl module and the configuration from {@code deploy/consumers}.
     *
     * @param resolverPort the port of a resolver on 127.0.0.1
     */
    static Rspamd withDnsLists(int resolverPort) {
        return new Rspamd(
                resolverPort,
                RBL,
                Map.of(
                        "rbl.conf",
                        ConsumerFiles.readAdapted("rspamd/rbl.conf"),
                        "rbl_group.conf",
                        ConsumerFiles.readAdapted("rspamd/rbl_group.conf")));
    }

    private Rspamd(int resolverPort, String module, Map<String, String> configFiles) {
        RealProgram.requireRoot();
        try {
            for (Map.Entry<String, String> file : configFiles.entrySet()) {
                Files.writeString(dir.resolve(file.getKey()), file.getValue());
            }
            Files.writeString(dir.resolve("tld"), "com\n");
            // without a date the message gets a point
            String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
            Files.writeString(
                    dir.resolve("message"),
                    "From: a@example.com\nTo: b@example.org\nSubject: c\nDate: " + date + "\n\nd\n");
            Files.writeString(dir.resolve("rspamd.conf"), config(resolverPort) + module.formatted(dir));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon = startDaemon();
    }

    private DaemonProcess startDaemon() {
        return DaemonProcess.start(
                dir,
                port,
                program,
                "--no-fork",
                "--insecure",
                "-c",
                dir.resolve("rspamd.conf").toString());
    }

    /**
     * The map interval is the default of rspamd, so only the feed can make it poll sooner. DNS lists are
     * checked every second.
     */
    private String config(int resolverPort) {
        return """
                options {
                  pidfile = "%1$s/pid";
                  filters = "";
                  map_watch_interval = 5min;
                  maps_cache_dir = "%1$s";
                  cache_file = "%1$s/symbols";
                  dynamic_conf = "%1$s/dynamic";
                  history_file = "%1$s/history";
                  hs_cache_dir = "%1$s";
                  disable_hyperscan = true;
                  tempdir = "%1$s";
                  control_socket = "%1$s/control mode=0600";
                  rrd = "%1$s/rrd";
                  stats_file = "%1$s/stats";
                  url_tld = "%1$s/tld";
                  monitoring_watch_interval = 1s;
                  dns { nameserver = ["127.0.0.1:%3$d"]; }
                }
                logging { type = "console"; level = "info"; color = false; debug_modules = ["monitored"]; }
                worker "normal" { bind_socket = "127.0.0.1:%2$d"; count = 1; }
                lua = "/usr/share/rspamd/rules/rspamd.lua";
                actions { greylist = 4; add_header = 6; reject = 15; }
                """.formatted(dir, port, resolverPort);
    }

    /**
     * Returns the two shipped maps, of suspects and of confirmed senders. They retry within seconds after a failure.
     *
     * @param url replaces the decoy's URL, without a path
     * @param pairs further texts to replace, each followed by its replacement
     */
    static String maps(String url, String... pairs) {
        Stream<String> defaults =
                Stream.of("\"http://decoy.example.org:8080", "\"" + url, "poll = 5s;", "poll = 0.2s;");
        return ConsumerFiles.readAdapted(
                "rspamd/multimap.conf",
                Stream.concat(defaults, Stream.of(pairs)).toArray(String[]::new));
    }

    /**
     * Scans a message from an address. Returns one line per symbol, such as {@code Symbol: DECOY_SUSPECT
     * (4.00)[192.0.2.1]}.
     */
    String scan(String address) {
        return lines(symbols(address), "Symbol: DECOY").collect(Collectors.joining("\n"));
    }

    /** What rspamd would do with a message from an address: {@code no action}, {@code greylist}, {@code reject} ... */
    String actionFor(String address) {
        return lines(symbols(address), "Action: ")
                .map(line -> line.substring("Action: ".length()))
                .collect(Collectors.joining("\n"));
    }

    private String symbols(String address) {
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                client,
                "-h",
                "127.0.0.1:" + port,
                "-i",
                address,
                "symbols",
                dir.resolve("message").toString());
        assertThat(run.code()).as(run.output()).isZero();
        return run.output();
    }

    /** The log lines about maps since the start. */
    String mapLog() {
        return log("map; ");
    }

    /** The log lines about the monitoring of DNS lists since the start. */
    String monitorLog() {
        return log("monitored; ");
    }

    private String log(String pattern) {
        return lines(CompletedProgram.read(dir.resolve("rspamd.log")), pattern).collect(Collectors.joining("\n"));
    }

    private static Stream<String> lines(String text, String pattern) {
        return text.lines().filter(line -> line.contains(pattern));
    }

    /** Stops rspamd and starts it again. */
    void restart() {
        daemon.close();
        daemon = startDaemon();
    }

    @Override
    public void close() {
        daemon.close();
        TestResources.delete(dir);
    }
}
