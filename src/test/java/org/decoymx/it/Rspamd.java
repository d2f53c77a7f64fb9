package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An rspamd with a configuration of its own, which has nothing but one module; it scans a message as from any client. */
final class Rspamd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path SNIPPET = Path.of("deploy/consumers/rspamd/multimap.conf");
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
     * Starts it.
     *
     * @param maps what stands in its {@code multimap.conf}
     */
    Rspamd(String... maps) {
        this(NO_RESOLVER, MULTIMAP, Map.of("multimap.conf", String.join("\n", maps)));
    }

    /**
     * Starts one that asks lists in DNS, as the files that are shipped say.
     *
     * @param resolver the port of a resolver on 127.0.0.1
     */
    static Rspamd withDnsLists(int resolver) {
        return new Rspamd(
                resolver,
                RBL,
                Map.of(
                        "rbl.conf",
                        ConsumerFiles.readAdapted("rspamd/rbl.conf"),
                        "rbl_group.conf",
                        ConsumerFiles.readAdapted("rspamd/rbl_group.conf")));
    }

    private Rspamd(int resolver, String module, Map<String, String> files) {
        RealProgram.requireRoot();
        try {
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(dir.resolve(file.getKey()), file.getValue());
            }
            Files.writeString(dir.resolve("tld"), "com\n");
            Files.writeString(dir.resolve("message"), "From: a@example.com\nTo: b@example.org\nSubject: c\n\nd\n");
            Files.writeString(dir.resolve("rspamd.conf"), config(resolver) + module.formatted(dir));
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
     * The interval of maps is what rspamd has by default: so it is the feed that makes it look sooner. Lists in DNS it
     * watches each second.
     */
    private String config(int resolver) {
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
                actions { reject = 15; }
                """.formatted(dir, port, resolver);
    }

    /**
     * The map that is shipped, as an administrator would change it; after a failure it looks again in seconds.
     *
     * @param symbol what it is to give
     */
    static String map(String symbol, String url) {
        String snippet = CompletedProgram.read(SNIPPET);
        String map = snippet.replace("\"http://decoy.example.org:8080/blocklist.txt\";", "\"" + url + "\";")
                .replace("DECOY_IP", symbol)
                .replace("poll = 5s;", "poll = 0.2s;");
        assertThat(map).contains("url = \"" + url + "\";", "poll = 0.2s;", "symbol = \"" + symbol + "\";");
        return map;
    }

    /** What it says of a message that comes from an address: a line a symbol, as {@code DECOY_IP (4.00)[192.0.2.1]}. */
    String scan(String address) {
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
        return lines(run.output(), "Symbol: DECOY").collect(Collectors.joining("\n"));
    }

    /** What it logged of maps since it was started. */
    String mapLog() {
        return log("map; ");
    }

    /** What it logged of how lists in DNS answer since it was started. */
    String monitorLog() {
        return log("monitored; ");
    }

    private String log(String with) {
        return lines(CompletedProgram.read(dir.resolve("rspamd.log")), with).collect(Collectors.joining("\n"));
    }

    private static Stream<String> lines(String text, String with) {
        return text.lines().filter(line -> line.contains(with));
    }

    /** Stops it and starts it again. */
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
