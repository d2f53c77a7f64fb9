package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which token opens which path, in all spellings of the path. Requests are sent as octets, so none is normalized. */
class HttpAccessIT {
    private static final String READER = "reader-token-0123";
    private static final String WITNESS = "witness-token-0123";
    private static final String ADMIN = "admin-token-012345";
    private static final Map<String, String> TOKENS = new LinkedHashMap<>();

    static {
        TOKENS.put("nobody", "");
        TOKENS.put("wrong", "wrong-token-012345");
        TOKENS.put("reader", READER);
        TOKENS.put("witness", WITNESS);
        TOKENS.put("admin", ADMIN);
    }

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start(
                "decoy.feed.access=token",
                "decoy.feed.tokens=" + READER,
                "decoy.witness.token=" + WITNESS,
                "decoy.admin.token=" + ADMIN);
    }

    @AfterAll
    static void stop() {
        decoy.close();
    }

    private static String send(DecoyProcess target, String method, String path, String token) throws IOException {
        String authorization = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\n";
        String body = method.equals("POST") || method.equals("PUT") ? "Content-Length: 0\n" : "";
        return RawHttp.send(
                target.url(""),
                method + " " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n" + authorization + body + "\n");
    }

    private static int status(String response) {
        return Integer.parseInt(response.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    /** The roles with status 2xx or 404 are granted access; all others get 401. */
    @ParameterizedTest
    @CsvSource({
        "GET, /blocklist.txt, reader",
        "HEAD, /blocklist.txt.zst, reader",
        "GET, /feeds, reader",
        "HEAD, /feeds, reader",
        "GET, /feeds/, reader",
        "GET, /feeds/plain, reader",
        "GET, /feeds/nix, reader",
        "GET, /feeds/changes?since=x, reader",
        "HEAD, /feeds/stream, reader",
        "GET, /ledger, admin",
        "HEAD, /ledger, admin",
        "POST, /ledger, admin",
        "GET, /exemptions, admin",
        "GET, /exemptions?source=special, admin",
        "PUT, /exemptions/192.0.2.1, admin",
        "DELETE, /exemptions/192.0.2.1, admin",
        "POST, /witnesses, admin witness",
        "GET, /stats, nobody wrong reader witness admin",
        "GET, /senders/192.0.2.1, nobody reader admin"
    })
    void path_isOpen_toItsRolesOnly(String method, String path, String roles) throws IOException {
        for (Map.Entry<String, String> role : TOKENS.entrySet()) {
            String response = send(decoy, method, path, role.getValue());
            if (List.of(roles.split(" ")).contains(role.getKey())) {
                assertThat(status(response))
                        .as("%s %s as %s", method, path, role)
                        .isNotIn(401, 403, 405, 500);
            } else {
                assertThat(status(response))
                        .as("%s %s as %s", method, path, role)
                        .isEqualTo(401);
                assertThat(response)
                        .containsIgnoringCase("\r\nWWW-Authenticate: ")
                        .contains("realm=\"decoymx\"", "application/problem+json");
                assertThat(response.split("\r\n\r\n", 2)[1].contains("\"status\":401"))
                        .isEqualTo(!method.equals("HEAD"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /ledger",
        "POST, /ledger",
        "GET, /exemptions",
        "PUT, /exemptions/192.0.2.9",
        "DELETE, /exemptions/192.0.2.9",
        "GET, /senders",
        "PUT, /senders/192.0.2.8",
        "DELETE, /senders/192.0.2.8"
    })
    void administration_onHalfClosedConnection_isAnswered(String method, String path) throws IOException {
        String request = method + " " + path + " HTTP/1.1\nHost: a\nContent-Length: 0\nAuthorization: Bearer " + ADMIN;
        assertThat(RawHttp.sendAndFinish(decoy.url(""), request + "\n\n")).startsWith("HTTP/1.1 20");
    }

    private static List<String> spellings(String path) {
        String name = path.substring(1);
        String upTo = path.substring(0, path.lastIndexOf('/'));
        String last = path.substring(path.lastIndexOf('/') + 1);
        return List.of(
                path,
                "/" + path,
                "//" + path,
                path + "/",
                path + "//",
                "/." + path,
                "/.." + path,
                "/x/.." + path,
                "/x/%2e%2e" + path,
                "/x/..%2F" + name,
                "/x/..%5C" + name,
                "/q/health/../.." + path,
                "/%2F" + name,
                "/%5C" + name,
                "/\\" + name,
                "/;x" + path,
                "/;" + path,
                path + ";",
                path + ";x=/stats",
                path + "%3Bx",
                path + "%2F",
                path + "%5C",
                path + "\\",
                path + "%00",
                path + "%20",
                path + "?",
                path + "%3F",
                path + "#x",
                path + "/.",
                path + "/x/..",
                path + "/%2e%2e/" + last,
                upTo + "/%" + Integer.toHexString(last.charAt(0)) + last.substring(1),
                upTo + "/%25" + Integer.toHexString(last.charAt(0)) + last.substring(1),
                upTo + "//" + last,
                upTo + "%2F" + last,
                upTo + "/./" + last,
                upTo + "/;/" + last,
                path.toUpperCase(java.util.Locale.ROOT),
                "http://localhost" + path,
                "http://localhost/" + path,
                "*" + path);
    }

    private static Stream<String> protectedPaths() {
        return Stream.of(
                "/blocklist.txt", "/feeds", "/feeds/plain", "/feeds/changes", "/ledger", "/exemptions", "/witnesses");
    }

    /** Whatever a spelling means, it is not a way in, and no error of the server. */
    @Test
    void spelling_ofProtectedPath_opensNothing() throws IOException {
        List<String> opened = new ArrayList<>();
        int sent = 0;
        for (String path : protectedPaths().toList()) {
            String insufficient = path.startsWith("/feeds") || path.startsWith("/block") ? ADMIN : READER;
            for (String spelling : spellings(path)) {
                for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE")) {
                    for (String token : List.of("", insufficient)) {
                        int status = status(send(decoy, method, spelling, token));
                        sent++;
                        if (status < 400 || status >= 500) {
                            opened.add(status + " " + method + " " + spelling + " " + token);
                        }
                    }
                }
            }
        }
        assertThat(opened).isEmpty();
        assertThat(sent).isGreaterThan(2_000);
    }

    /** The same spellings with a sufficient token find the path or do not, but are never refused. */
    @Test
    void spelling_withToken_isNotRefused() throws IOException {
        for (String path : protectedPaths().toList()) {
            String method = path.equals("/witnesses") ? "POST" : "GET";
            String sufficient = path.startsWith("/feeds") || path.startsWith("/block") ? READER : ADMIN;
            for (String spelling : spellings(path)) {
                assertThat(status(send(decoy, method, spelling, sufficient)))
                        .as("%s %s", method, spelling)
                        .isNotIn(401, 403)
                        .isLessThan(500);
            }
        }
    }

    @Test
    void spelling_fromForeignNetwork_opensNoFeed_andNoTokenOpensNothing() throws IOException {
        try (DecoyProcess closed = DecoyProcess.start(
                "decoy.feed.access=network",
                "decoy.feed.networks=192.0.2.0/24",
                "decoy.senders.access=open",
                "decoy.senders.networks=192.0.2.0/24")) {
            for (String path : protectedPaths().toList()) {
                for (String spelling : spellings(path)) {
                    for (String method : List.of("GET", "POST")) {
                        assertThat(status(send(closed, method, spelling, ADMIN)))
                                .as("%s %s", method, spelling)
                                .isBetween(400, 499);
                    }
                }
                String method = path.equals("/witnesses") ? "POST" : "GET";
                assertThat(status(send(closed, method, path, ""))).as(path).isEqualTo(403);
            }
            for (String path : List.of("/stats", "/senders/192.0.2.1")) {
                assertThat(status(send(closed, "GET", path, ""))).as(path).isEqualTo(200);
            }
            assertThat(closed.getManagement("/q/health").statusCode()).isIn(200, 503);
            assertThat(closed.getManagement("/q/metrics").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void management_isOpen_withAnyToken() throws IOException {
        String url = "http://127.0.0.1:" + decoy.managementPort();
        for (String token : TOKENS.values()) {
            String authorization = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\n";
            for (String path : List.of("/q/health/ready", "/q/health/live", "/q/metrics")) {
                assertThat(status(RawHttp.send(
                                url,
                                "GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n" + authorization
                                        + "\n")))
                        .as("%s %s", path, token)
                        .isEqualTo(200);
            }
        }
    }
}
