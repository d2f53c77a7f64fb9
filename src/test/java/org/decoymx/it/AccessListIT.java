package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Apache httpd, nginx and TCP wrappers deny listed clients, with the shipped files and the lists of decoy-fetch. */
class AccessListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String LISTED_IPV6 = "2001:db8:0:61::9";
    private static final String NETWORK_IPV6 = "2001:db8:0:62::";

    private static DecoyProcess decoy;

    private final Path dir = TestResources.createDirectory("access");
    private final int port = TestResources.reservePort();

    @BeforeAll
    static void startDecoy() throws IOException {
        decoy = TrialDecoy.start();
        TrialDecoy.listClient(decoy, LISTED_IPV6, LISTED_IPV6);
        TrialDecoy.listIpv6Network(decoy, NETWORK_IPV6);
    }

    @AfterAll
    static void stopDecoy() {
        decoy.close();
    }

    @BeforeEach
    void writePage() throws IOException {
        Files.writeString(dir.resolve("page"), "a page\n");
    }

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    /** A fetch of both tiers, as configured in the {@code .env} file; at first of a list without entries. */
    private DecoyFetch fetch(String program, String feed, String query, String... pairs) {
        String[] all = new String[pairs.length + 2];
        all[0] = "/feeds/" + feed;
        all[1] = "/feeds/" + feed + query;
        System.arraycopy(pairs, 0, all, 2, pairs.length);
        return DecoyFetch.fromEnvFile(program + "/" + program + ".env", decoy.url(""), dir, all)
                .withSuspects();
    }

    private String status(String client) {
        return CompletedProgram.run(
                        LIMIT,
                        RealProgram.require("curl"),
                        "-s",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code}",
                        "--interface",
                        client,
                        "http://127.0.0.1:" + port + "/page")
                .output();
    }

    private void assertOnlyListedClientsAreDenied() {
        await("a listed client to be denied").atMost(LIMIT).until(() -> status(TrialDecoy.LISTED)
                .equals("403"));
        assertThat(status(TrialDecoy.IN_NETWORK)).isEqualTo("403");
        assertThat(status(TrialDecoy.UNLISTED)).isEqualTo("200");
    }

    @Test
    void apache_deniesListedClients_afterReload() throws IOException {
        String apache = RealProgram.require("apache2");
        Path modules = Path.of(RealProgram.requireFile("usr/lib/apache2/modules/mod_authz_host.so"))
                .resolveSibling("");
        StringBuilder config = new StringBuilder();
        for (String module : List.of("mpm_event", "authz_core", "authz_host")) {
            config.append("LoadModule " + module + "_module " + modules.resolve("mod_" + module + ".so") + "\n");
        }
        config.append("""
                ServerName apache.test
                Listen 127.0.0.1:%1$s
                PidFile %2$s/pid
                ErrorLog %2$s/error.log
                DocumentRoot %2$s
                User daemon
                Group daemon
                """.formatted(port, dir));
        config.append(ConsumerFiles.readAdapted("apache/decoy.conf", "/var/lib/decoy-fetch", dir.toString()));
        String file = Files.writeString(dir.resolve("httpd.conf"), config).toString();
        String reload = apache + " -f " + file + " -k graceful";

        try (DaemonProcess daemon = DaemonProcess.start(dir, port, apache, "-f", file, "-D", "FOREGROUND")) {
            assertThat(status(TrialDecoy.LISTED)).as("without a list").isEqualTo("200");
            fetch("apache", "apache", "?min-points=100000", "apachectl graceful", reload)
                    .assertFetches();
            assertThat(status(TrialDecoy.LISTED)).as("with an empty list").isEqualTo("200");
            fetch("apache", "apache", "", "apachectl graceful", reload)
                    .assertFetches(
                            "Require not ip " + TrialDecoy.LISTED,
                            "Require not ip " + LISTED_IPV6,
                            "Require not ip " + NETWORK_IPV6 + "/64");
            assertOnlyListedClientsAreDenied();
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    void nginx_deniesListedClients_afterReload() throws IOException {
        String nginx = RealProgram.require("nginx");
        String file = Files.writeString(dir.resolve("main.conf"), """
                        user daemon;
                        pid %2$s/pid;
                        error_log %2$s/error.log;
                        events {}
                        http {
                            access_log off;
                            client_body_temp_path %2$s/body;
                            proxy_temp_path %2$s/proxy;
                            fastcgi_temp_path %2$s/fastcgi;
                            uwsgi_temp_path %2$s/uwsgi;
                            scgi_temp_path %2$s/scgi;
                            %3$s
                            server {
                                listen 127.0.0.1:%1$s;
                                root %2$s;
                            }
                        }
                        """.formatted(
                                port,
                                dir,
                                ConsumerFiles.readAdapted("nginx/decoy.conf", "/var/lib/decoy-fetch", dir.toString())))
                .toString();
        String reload = nginx + " -q -c " + file + " -s reload";
        fetch("nginx", "nginx", "?min-points=100000", "nginx -s reload", "true").assertFetches();

        try (DaemonProcess daemon = DaemonProcess.start(dir, port, nginx, "-c", file, "-g", "daemon off;")) {
            assertThat(status(TrialDecoy.LISTED)).as("with an empty list").isEqualTo("200");
            fetch("nginx", "nginx", "", "nginx -s reload", reload)
                    .assertFetches(
                            "deny " + TrialDecoy.LISTED + ";",
                            "deny " + LISTED_IPV6 + ";",
                            "deny " + NETWORK_IPV6 + "/64;");
            assertOnlyListedClientsAreDenied();
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    void tcpWrappers_denyListedClients() throws IOException {
        Files.createFile(dir.resolve("hosts.allow"));
        Files.writeString(dir.resolve("inetd.conf"), "smtp stream tcp nowait root /usr/sbin/smtpd smtpd\n");
        fetch("tcpd", "hosts-deny", "", "/etc/hosts.deny", dir + "/hosts.deny")
                .assertFetches("ALL: " + TrialDecoy.LISTED, "ALL: [" + NETWORK_IPV6 + "]/64");

        for (String listed : List.of(TrialDecoy.LISTED, TrialDecoy.IN_NETWORK, LISTED_IPV6, NETWORK_IPV6 + "7")) {
            assertThat(access(listed)).as(listed).contains("denied");
        }
        for (String unlisted : List.of(TrialDecoy.UNLISTED, "192.0.2.1", "2001:db8:0:61::8", "2001:db8:0:63::9")) {
            assertThat(access(unlisted)).as(unlisted).contains("granted");
        }
    }

    /** What libwrap decides with the files in the directory of the test. */
    private String access(String client) {
        String match =
                "cd '" + dir + "' && exec " + RealProgram.require("tcpdmatch") + " -d -i inetd.conf smtpd " + client;
        return CompletedProgram.run(LIMIT, "sh", "-c", match).output();
    }
}
