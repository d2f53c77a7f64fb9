package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** CrowdSec's local API with its own configuration and database. It reads no logs and contacts no external service. */
final class CrowdSec implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String KEY = "0123456789abcdef0123456789abcdef";

    private final String program = RealProgram.require("crowdsec");
    private final String cscli = RealProgram.require("cscli");
    private final Path dir = TestResources.createDirectory("crowdsec");
    private final int port = TestResources.reservePort();
    private final DaemonProcess daemon;

    /** Starts the local API. */
    CrowdSec() {
        try {
            for (String name : new String[] {"bin", "data", "hub", "none"}) {
                Files.createDirectory(dir.resolve(name));
            }
            Files.writeString(dir.resolve("config.yaml"), config());
            Files.writeString(dir.resolve("simulation.yaml"), "simulation: false\n");
            Files.writeString(dir.resolve("hub/.index.json"), "{}");
            Files.writeString(dir.resolve("credentials.yaml"), "");
            Files.writeString(dir.resolve("profiles.yaml"), """
                    name: none
                    filters:
                     - "false"
                    decisions:
                     - type: ban
                       duration: 1h
                    """);
            Path script = Files.writeString(
                    dir.resolve("bin/cscli"), "#!/bin/sh\nexec " + cscli + " -c " + dir + "/config.yaml \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cscli("machines", "add", "test", "--password", KEY, "-f", dir + "/credentials.yaml", "-u", url(""), "--force");
        cscli("bouncers", "add", "test", "-k", KEY);
        daemon = DaemonProcess.start(dir, port, program, "-c", dir + "/config.yaml", "-no-cs");
    }

    private String config() {
        return """
                common:
                  daemonize: false
                  log_media: stdout
                  log_level: info
                  working_dir: %1$s
                config_paths:
                  config_dir: %1$s
                  data_dir: %1$s/data
                  simulation_path: %1$s/simulation.yaml
                  hub_dir: %1$s/hub
                  index_path: %1$s/hub/.index.json
                  notification_dir: %1$s/none
                  plugin_dir: %1$s/none
                db_config:
                  type: sqlite
                  db_path: %1$s/data/crowdsec.db
                api:
                  client:
                    credentials_path: %1$s/credentials.yaml
                  server:
                    log_level: info
                    listen_uri: 127.0.0.1:%2$d
                    profiles_path: %1$s/profiles.yaml
                prometheus:
                  enabled: false
                """.formatted(dir, port);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** The directory of a {@code cscli} that uses this instance. */
    String cscliDirectory() {
        return dir.resolve("bin").toString();
    }

    /** The directory for files of the test. */
    Path dir() {
        return dir;
    }

    private String cscli(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = cscliDirectory() + "/cscli";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        CompletedProgram run = CompletedProgram.run(LIMIT, command);
        assertThat(run.code()).as(run.output()).isZero();
        return run.output();
    }

    /** The active imported decisions with their remaining time: {@code Ip 192.0.2.1} and 4 hours. */
    Map<String, Duration> importedDecisions() throws IOException {
        Map<String, Duration> decisions = new TreeMap<>();
        JsonNode alerts = new ObjectMapper()
                .readTree(cscli("decisions", "list", "--origin", "cscli-import", "-l", "0", "-o", "json"));
        for (JsonNode alert : alerts) {
            for (JsonNode decision : alert.path("decisions")) {
                String left = decision.path("duration").asText();
                assertThat(decision.path("type").asText()).isEqualTo("ban");
                if (!left.startsWith("-")) {
                    decisions.put(
                            decision.path("scope").asText() + " "
                                    + decision.path("value").asText(),
                            Duration.parse("PT" + left));
                }
            }
        }
        return decisions;
    }

    /** The number of decisions that were ever imported. */
    int importCount() {
        return Integer.parseInt(CompletedProgram.run(
                        LIMIT,
                        RealProgram.require("sqlite3"),
                        dir + "/data/crowdsec.db",
                        "SELECT count(*) FROM decisions")
                .output()
                .strip());
    }

    /** The JSON response to a bouncer about an address; the text {@code null} if there is no decision. */
    String bouncerDecision(String address) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url("/v1/decisions?ip=" + address)))
                .header("X-Api-Key", KEY)
                .timeout(LIMIT)
                .build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        daemon.close();
        TestResources.delete(dir);
    }
}
