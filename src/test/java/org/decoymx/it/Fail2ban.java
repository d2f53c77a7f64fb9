package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A fail2ban with Debian's configuration and only the shipped jail. It bans with the real iptables in its own network
 * namespace, where the rules block nobody.
 */
final class Fail2ban implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String client = RealProgram.require("fail2ban-client");
    private final Path debian =
            Path.of(RealProgram.requireFile("etc/fail2ban/jail.conf")).resolveSibling("");
    private final Path dir = TestResources.createDirectory("fail2ban");
    private int maxLog = 1 << 20;

    /** Writes the configuration, without starting fail2ban. */
    Fail2ban() {
        RealProgram.requireRoot();
        RealProgram.require("iptables");
        CompletedProgram run = CompletedProgram.run(LIMIT, RealProgram.require("unshare"), "--net", "true");
        RealProgram.requireCondition(run.code() == 0, "cannot create a network namespace: " + run.output());
        try {
            Files.createDirectories(dir.resolve("conf/filter.d"));
            Files.createDirectories(dir.resolve("conf/jail.d"));
            for (String name : List.of("action.d", "fail2ban.conf", "jail.conf")) {
                Files.createSymbolicLink(dir.resolve("conf/" + name), debian.resolve(name));
            }
            try (Stream<Path> files = Files.list(debian)) {
                for (Path file : files.filter(
                                file -> file.getFileName().toString().startsWith("paths-"))
                        .toList()) {
                    Files.createSymbolicLink(dir.resolve("conf").resolve(file.getFileName()), file);
                }
            }
            Files.writeString(filter(), ConsumerFiles.readAdapted("fail2ban/filter.conf"));
            Files.writeString(
                    dir.resolve("conf/jail.d/decoy.local"),
                    ConsumerFiles.readAdapted("fail2ban/jail.conf", "/var/lib/decoy-fetch", dir.toString()));
            Files.writeString(dir.resolve("conf/fail2ban.local"), """
                    [DEFAULT]
                    socket = %1$s/socket
                    pidfile = %1$s/pid
                    dbfile = %1$s/bans
                    logtarget = %1$s/log
                    """.formatted(dir));
            Path script = Files.createDirectory(dir.resolve("bin")).resolve("fail2ban-client");
            Files.writeString(script, "#!/bin/sh\nexec " + client + " -c " + dir + "/conf \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts fail2ban and waits until it is ready. */
    void start() {
        CompletedProgram run = CompletedProgram.run(
                LIMIT, RealProgram.require("unshare"), "--net", dir + "/bin/fail2ban-client", "start");
        assertThat(run.code()).as("%s%n%s", run.output(), log()).isZero();
    }

    /** Stops fail2ban if it is running. */
    void stop() {
        if (Files.exists(dir.resolve("socket"))) {
            CompletedProgram run = CompletedProgram.run(LIMIT, dir + "/bin/fail2ban-client", "stop");
            assertThat(run.code()).as(run.output()).isZero();
        }
    }

    /** The directory for files of the test. */
    Path dir() {
        return dir;
    }

    /** The shipped filter. */
    Path filter() {
        return dir.resolve("conf/filter.d/decoy.conf");
    }

    /** Sets the size in octets over which the log is replaced at the next fetch. */
    void setMaxLog(int octets) {
        maxLog = octets;
    }

    /** A fetch of the list with suspects, otherwise as configured in the {@code .env} file, which then loads it. */
    DecoyFetch fetch(DecoyProcess decoy, String query) {
        return DecoyFetch.fromEnvFile(
                        "fail2ban/fail2ban.env",
                        decoy.url(""),
                        dir,
                        "/feeds/fail2ban",
                        "/feeds/fail2ban" + query,
                        "/usr/local/bin/load-fail2ban",
                        "env DECOYMX_MAX_LOG=" + maxLog + " PATH=" + dir + "/bin:/usr/bin:/bin "
                                + ConsumerFiles.path("fail2ban/load-fail2ban") + " " + dir + "/fail2ban.list " + dir
                                + "/fail2ban.log")
                .withSuspects();
    }

    /** The networks that the kernel rejects on port 25. */
    List<String> banned() {
        return Stream.concat(rules("iptables"), rules("ip6tables")).toList();
    }

    private Stream<String> rules(String iptables) {
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                RealProgram.require("nsenter"),
                "--net",
                "--target",
                CompletedProgram.read(dir.resolve("pid")).strip(),
                RealProgram.require(iptables),
                "-S");
        assertThat(run.code()).as(run.output()).isZero();
        if (!run.output().contains("-A INPUT -p tcp -m multiport --dports 25 -j f2b-decoy")) {
            return Stream.empty();
        }
        return run.output()
                .lines()
                .filter(line -> line.startsWith("-A f2b-decoy -s ") && line.contains(" -j REJECT"))
                .map(line -> line.split(" ", -1)[3]);
    }

    /** The log so far. */
    String log() {
        Path log = dir.resolve("log");
        return Files.exists(log) ? CompletedProgram.read(log) : "";
    }

    @Override
    public void close() {
        stop();
        TestResources.delete(dir);
    }
}
