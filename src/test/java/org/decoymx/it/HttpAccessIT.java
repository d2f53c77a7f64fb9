package org.decoymx.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.ws.rs.HttpMethod;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may do what: each path with each method, for tokens and users, in all spellings of the path. Requests are sent as
 * octets, so none is normalized.
 */
class HttpAccessIT {
    private static final String READER = bearer("reader-token-0123");
    private static final String WITNESS = bearer("witness-token-0123");
    private static final String ADMIN = bearer("admin-token-012345");
    private static final String ALL = " nobody wrong reader witness admin";

    /** Method, path, and who may: a role for its token and its user, or one caller; the others get 401. */
    private static final List<String> ROWS = List.of(
            "GET /blocklist.txt reader",
            "HEAD /blocklist.txt.zst reader",
            "GET /feeds reader",
            "HEAD /feeds reader",
            "GET /feeds/ reader",
            "GET /feeds/plain reader",
            "GET /feeds/nix reader",
            "GET /feeds/changes?since=x reader",
            "HEAD /feeds/stream reader",
            "GET /ledger admin",
            "HEAD /ledger admin",
            "POST /ledger admin",
            "GET /exemptions admin",
            "GET /exemptions?source=special admin",
            "PUT /exemptions/192.0.2.1 admin",
            "DELETE /exemptions/192.0.2.1 admin",
            "GET /nodes reader admin",
            "DELETE /nodes/mx9 admin",
            "POST /witnesses admin witness",
            "GET /stats" + ALL,
            "GET /stats/history reader admin",
            "GET /events reader admin",
            "GET /events?since=x reader admin",
            "GET /senders reader admin",
            "HEAD /senders?q=x reader admin",
            "GET /senders/192.0.2.1 nobody reader admin cookie-witness",
            "PUT /senders/192.0.2.9 admin",
            "DELETE /senders/192.0.2.9 admin",
            "POST /senders/192.0.2.9 admin",
            "GET / reader admin",
            "GET /check reader admin",
            "GET /audit admin basic-reader cookie-reader",
            "GET /login" + ALL,
            "POST /login" + ALL,
            "POST /logout" + ALL);

    private static final Map<String, String> CALLERS = new LinkedHashMap<>();
    private static final Path DIR = TestResources.createDirectory("access");

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() throws IOException {
        Path users = DIR.resolve("users");
        String hash = OpenBSDBCrypt.generate("2y", "password".toCharArray(), new byte[16], 8);
        Files.writeString(
                users,
                Stream.of("reader", "witness", "admin")
                        .map(role -> role + ":" + hash + ":" + role + "\n")
                        .collect(Collectors.joining()));
        decoy = DecoyProcess.start(
                "decoy.feed.access=token",
                "decoy.feed.tokens=reader-token-0123",
                "decoy.witness.token=witness-token-0123",
                "decoy.admin.token=admin-token-012345",
                "decoy.admin.users-file=" + users);
        CALLERS.put("nobody", "");
        CALLERS.put("wrong", bearer("wrong-token-012345"));
        CALLERS.put("reader", READER);
        CALLERS.put("witness", WITNESS);
        CALLERS.put("admin", ADMIN);
        CALLERS.put("basic-wrong", basic("admin", "wrong"));
        CALLERS.put("cookie-nobody", "Cookie: decoymx=AAAA\n");
        for (String role : List.of("reader", "witness", "admin")) {
            CALLERS.put("basic-" + role, basic(role, "password"));
            CALLERS.put("cookie-" + role, logIn(role));
        }
    }

    @AfterAll
    static void stop() {
        decoy.close();
        TestResources.delete(DIR);
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token + "\n";
    }

    private static String basic(String name, String password) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8))
                + "\n";
    }

    private static String logIn(String name) throws IOException {
        String form = "user=" + name + "&password=password";
        String response = RawHttp.send(
                decoy.url(""),
                "POST /login HTTP/1.1\nHost: localhost\nConnection: close\n"
                        + "Content-Type: application/x-www-form-urlencoded\nContent-Length: " + form.length() + "\n\n"
                        + form);
        return "Cookie: " + response.replaceFirst("(?is).*\r\nset-cookie: (decoymx=[^;]+);.*", "$1") + "\n";
    }

    /**
     * @param credentials header lines
     */
    private static String send(DecoyProcess target, String method, String path, String credentials) throws IOException {
        String body = method.equals("POST") || method.equals("PUT") ? "Content-Length: 0\n" : "";
        // wrong passwords make their address wait
        String source = credentials.equals(CALLERS.get("basic-wrong")) ? "127.0.0.3" : "127.0.0.1";
        return RawHttp.sendFrom(
                source,
                target.url(""),
                method + " " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n" + credentials + body + "\n");
    }

    private static int status(String response) {
        return Integer.parseInt(response.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    static List<String> rows() {
        return ROWS;
    }

    /** The callers with status 2xx, 3xx or 404 are granted access; all others get 401. */
    @ParameterizedTest
    @MethodSource("rows")
    void path_isOpen_toItsRolesOnly(String row) throws IOException {
        List<String> fields = List.of(row.split(" "));
        String method = fields.get(0);
        String path = fields.get(1);
        for (Map.Entry<String, String> caller : CALLERS.entrySet()) {
            String response = send(decoy, method, path, caller.getValue());
            String role = caller.getKey().replaceFirst("(basic|cookie)-", "");
            if (fields.contains(role) || fields.contains(caller.getKey())) {
                assertThat(status(response)).as("%s as %s", row, caller).isNotIn(401, 403, 405, 500);
            } else {
                assertThat(status(response)).as("%s as %s", row, caller).isEqualTo(401);
                assertThat(response)
                        .containsIgnoringCase("\r\nWWW-Authenticate: ")
                        .contains("realm=\"decoymx\"", "application/problem+json");
                assertThat(response.split("\r\n\r\n", 2)[1].contains("\"status\":401"))
                        .isEqualTo(!method.equals("HEAD"));
            }
        }
    }

    /** A new method of a resource needs a row. */
    @Test
    void table_hasAllMethodsOfAllResources() throws ReflectiveOperationException {
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (JavaClass type : new ClassFileImporter().importPackages("org.decoymx")) {
            if (type.isAnnotatedWith(jakarta.ws.rs.Path.class)) {
                for (String route : routes(Class.forName(type.getName(), false, HttpAccessIT.class.getClassLoader()))) {
                    found++;
                    if (ROWS.stream().noneMatch(row -> row.matches(route + "([ ?].*)"))) {
                        missing.add(route);
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(12);
    }

    /** Regular expressions of method and path. */
    private static List<String> routes(Class<?> resource) {
        List<String> routes = new ArrayList<>();
        for (Method method : resource.getDeclaredMethods()) {
            for (Annotation annotation : method.getAnnotations()) {
                HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
                if (verb != null) {
                    jakarta.ws.rs.Path own = method.getAnnotation(jakarta.ws.rs.Path.class);
                    String path =
                            resource.getAnnotation(jakarta.ws.rs.Path.class).value()
                                    + (own == null ? "" : "/" + own.value());
                    routes.add(verb.value() + " "
                            + ("/" + path).replaceAll("/+", "/").replaceAll("\\{[^}]*}", "[^ ?]+"));
                }
            }
        }
        return routes;
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
        String request = method + " " + path + " HTTP/1.1\nHost: a\nContent-Length: 0\n" + ADMIN;
        assertThat(RawHttp.sendAndFinish(decoy.url(""), request + "\n")).startsWith("HTTP/1.1 20");
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
                "/blocklist.txt",
                "/feeds",
                "/feeds/plain",
                "/feeds/changes",
                "/ledger",
                "/exemptions",
                "/witnesses",
                "/senders",
                "/audit");
    }

    private static boolean isFeed(String path) {
        return path.startsWith("/feeds") || path.startsWith("/block");
    }

    /** Whose role is not sufficient, by token, password and cookie. */
    private static List<String> insufficient(String path) {
        String role = isFeed(path) ? "admin" : List.of("/senders", "/audit").contains(path) ? "witness" : "reader";
        return Stream.of("nobody", role, "basic-" + role, "cookie-" + role)
                .map(caller -> Objects.requireNonNull(CALLERS.get(caller)))
                .toList();
    }

    /** Whatever a spelling means, it is not a way in, and no error of the server. */
    @Test
    void spelling_ofProtectedPath_opensNothing() throws IOException {
        List<String> opened = new ArrayList<>();
        int sent = 0;
        for (String path : protectedPaths().toList()) {
            for (String spelling : spellings(path)) {
                for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE")) {
                    for (String credentials : insufficient(path)) {
                        if (credentials.matches("(?s).*(Basic|Cookie).*") && !method.equals("GET")) {
                            continue; // takes long
                        }
                        int status = status(send(decoy, method, spelling, credentials));
                        sent++;
                        if (status < 400 || status >= 500) {
                            opened.add(status + " " + method + " " + spelling + " " + credentials);
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
            String sufficient = isFeed(path) ? READER : ADMIN;
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
                "decoy.domains=example.org", // in trial mode everybody may see the senders
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
            assertThat(send(closed, "GET", "/audit", "Accept: text/html\n"))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("htpasswd -nBC 10", "decoy.admin.users-file");
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
        for (String credentials : CALLERS.values()) {
            for (String path : List.of("/q/health/ready", "/q/health/live", "/q/metrics")) {
                assertThat(status(RawHttp.send(
                                url,
                                "GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n" + credentials
                                        + "\n")))
                        .as("%s %s", path, credentials)
                        .isEqualTo(200);
            }
        }
    }
}
