package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real fail2ban, set up as the files that are shipped say, bans who is on the list, and lets in who is no longer. */
class Fail2banIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String NETWORK6 = "2001:db8:7:8::/64";

    private final String server = RealProgram.require("fail2ban-server");
    private final String client = RealProgram.require("fail2ban-client");
    private final Path dir = Scratch.directory("fail2ban");
    private Decoy decoy;
    private Fetch fetch;
    private Process process;

    @BeforeEach
    void start() throws IOException {
        decoy = Caught.decoy();
        Caught.catches(decoy, "2001:db8:7:8::9", NETWORK6);
        configure();
        fetch = Fetch.env(
                "fail2ban/fail2ban.env",
                decoy.url(""),
                dir,
                "COMMAND=/usr/local/bin/load-fail2ban",
                "COMMAND=env PATH=" + dir + "/bin:/usr/bin:/bin " + Adapted.path("fail2ban/load-fail2ban") + " " + dir
                        + "/fail2ban.log");
        Files.writeString(dir.resolve("fail2ban.log"), "");
        process = new ProcessBuilder(command(server, "-f", "start").toList())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("output").toFile())
                .start();
        await("fail2ban").atMost(LIMIT).until(() -> run("ping").code() == 0);
    }

    @AfterEach
    void clean() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        decoy.kill();
        Scratch.delete(dir);
    }

    /** Nothing but this jail; its action does nothing, as there is no firewall for it. */
    private void configure() throws IOException {
        for (String name : List.of("filter.d", "action.d", "jail.d", "bin")) {
            Files.createDirectory(dir.resolve(name));
        }
        Files.writeString(dir.resolve("fail2ban.conf"), """
                [Definition]
                loglevel = INFO
                logtarget = %1$s/log
                syslogsocket = auto
                socket = %1$s/socket
                pidfile = %1$s/pid
                dbfile = None
                dbpurgeage = 1d
                [Thread]
                """.formatted(dir));
        Files.writeString(dir.resolve("jail.conf"), "[DEFAULT]\nusedns = no\naction = nothing\n");
        Files.writeString(dir.resolve("action.d/nothing.conf"), "[Definition]\nactionban = true\nactionunban = true\n");
        Files.writeString(dir.resolve("filter.d/decoy.conf"), Adapted.text("fail2ban/filter.conf"));
        Files.writeString(
                dir.resolve("jail.d/decoy.local"),
                Adapted.text("fail2ban/jail.conf", "/var/lib/decoy-fetch", dir.toString()));
        Path own = Files.writeString(
                dir.resolve("bin/fail2ban-client"),
                "#!/bin/sh\nexec " + String.join(" ", command(client).toList()) + " \"$@\"\n");
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Stream<String> command(String program, String... arguments) {
        return Stream.concat(
                Stream.of(program, "-c", dir.toString(), "-s", dir + "/socket", "-p", dir + "/pid"),
                Stream.of(arguments));
    }

    private Run run(String... arguments) {
        return Run.of(LIMIT, command(client, arguments).toArray(String[]::new));
    }

    private void comesToBan(String... entries) {
        await("bans of " + List.of(entries)).atMost(LIMIT).untilAsserted(() -> assertThat(
                        run("get", "decoy", "banip").output().split("\\s+"))
                .as(() -> Run.read(dir.resolve("log")))
                .containsExactlyInAnyOrder(entries));
    }

    @Test
    void listed_areBanned_andWhoIsNoLongerListedIsLetIn() throws IOException {
        fetch.gets();
        comesToBan(Caught.LISTED, Caught.NETWORK, NETWORK6);

        Caught.catches(decoy, Caught.STRANGER, Caught.STRANGER);
        fetch.gets();
        comesToBan(Caught.LISTED, Caught.NETWORK, NETWORK6, Caught.STRANGER);

        Fetch onlyV6 = new Fetch(
                fetch.file(),
                fetch.command().stream()
                        .map(word -> word.replace("/feeds/fail2ban", "/feeds/fail2ban?family=6"))
                        .toList());
        onlyV6.gets();
        comesToBan(NETWORK6);
    }
}
