package org.decoymx.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users log in by form or Basic authentication. Addresses of clients are those that a proxy would name. */
class LoginIT {
    private static final String PASSWORD = "correct h\u00f6rse & more";
    private static final String HASH = hash(PASSWORD);
    private static final String BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\n";
    private static final Pattern COOKIE = Pattern.compile("(?i)\r\nset-cookie: (decoymx=[^;]+)");
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final Path DIR = TestResources.createDirectory("login");
    private static final Path USERS = DIR.resolve("users");
    private static DecoyProcess decoy;

    @BeforeAll
    static void start() throws IOException {
        writeUsers();
        decoy = start(DIR);
    }

    private static DecoyProcess start(Path dir, String... settings) {
        String[] common = {
            "decoy.admin.users-file=" + USERS,
            "decoy.admin.token=" + ExemptionCalls.TOKEN,
            "quarkus.http.proxy.proxy-address-forwarding=true"
        };
        return DecoyProcess.start(Stream.of(DecoyWithLedger.settings(dir), common, settings)
                .flatMap(Stream::of)
                .toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        decoy.close();
        TestResources.delete(DIR);
    }

    private static String hash(String password) {
        return OpenBSDBCrypt.generate("2y", password.toCharArray(), new byte[16], 8);
    }

    /** The users of all tests, and these further lines. */
    private static void writeUsers(String... lines) throws IOException {
        Path aside = DIR.resolve("users.new");
        Files.writeString(
                aside,
                "maria:" + HASH + ":admin\nrita:" + HASH + "\nwim:" + HASH + ":witness\n" + String.join("\n", lines)
                        + "\n");
        Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rw-------"));
        Files.move(aside, USERS, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String send(DecoyProcess target, String method, String path, String headers, String body)
            throws IOException {
        return RawHttp.send(
                target.url(""),
                method + " " + path + " HTTP/1.1\nHost: decoy.test\nConnection: close\n" + headers
                        + (method.equals("GET") ? "" : "Content-Length: " + body.length() + "\n") + "\n" + body);
    }

    private static String get(String path, String headers) throws IOException {
        return send(decoy, "GET", path, headers, "");
    }

    private static String login(DecoyProcess target, String name, String password, String headers) throws IOException {
        return send(
                target,
                "POST",
                "/login",
                headers + "Content-Type: application/x-www-form-urlencoded\n",
                "user=" + name + "&password=" + URLEncoder.encode(password, UTF_8));
    }

    private static String from(String address) {
        return "X-Forwarded-For: " + address + "\n";
    }

    private static String cookie(String response) {
        Matcher matcher = COOKIE.matcher(response);
        assertThat(matcher.find()).as(response).isTrue();
        return "Cookie: " + matcher.group(1) + "\n";
    }

    private static String logIn(String name) throws IOException {
        return cookie(login(decoy, name, PASSWORD, from("192.0.2.1")));
    }

    private static String basic(String name, String password) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8))
                + "\n";
    }

    private static void awaitStatus(int status, String path, String headers) {
        await(status + " for " + path).atMost(LIMIT).until(() -> get(path, headers)
                .startsWith("HTTP/1.1 " + status + " "));
    }

    private static void awaitChange(String text) throws IOException {
        String cookie = logIn("maria");
        await(text).atMost(LIMIT).untilAsserted(() -> assertThat(get("/audit", cookie))
                .contains("\"who\":\"decoy.admin.users-file\"", text));
    }

    @Test
    void form_givesACookie_thatIsNotSentElsewhere() throws IOException {
        String response = login(decoy, "maria", PASSWORD, from("192.0.2.1"));
        assertThat(response)
                .startsWith("HTTP/1.1 302 ")
                .containsIgnoringCase("\r\nLocation: http://decoy.test/\r\n")
                .containsIgnoringCase("; HttpOnly")
                .contains("; SameSite=Strict", "; Path=/;")
                .doesNotContain("; Secure");
        assertThat(login(decoy, "maria", PASSWORD, "X-Forwarded-Proto: https\n"))
                .containsIgnoringCase("\r\nLocation: https://decoy.test/\r\n")
                .contains("; Secure");
        assertThat(get("/audit", cookie(response)))
                .startsWith("HTTP/1.1 200 ")
                .contains("\"who\":\"maria\",\"from\":\"192.0.2.1\",\"what\":\"logged in\"");
        String forged = cookie(response);
        char changed = forged.charAt(forged.length() / 2);
        forged = forged.replace(changed, changed == 'A' ? 'B' : 'A');
        assertThat(get("/audit", forged)).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void wrongPassword_givesNoCookie_andTheFormSaysSo() throws IOException {
        for (String name : List.of("maria", "nobody", "")) {
            String response = login(decoy, name, "wrong", from("192.0.2.2"));
            assertThat(response)
                    .startsWith("HTTP/1.1 303 ")
                    .containsIgnoringCase("\r\nLocation: http://decoy.test/login?failed\r\n")
                    .doesNotContainIgnoringCase("set-cookie");
        }
        for (String type : List.of("", "Content-Type: text/plain\n", "Content-Type: multipart/form-data\n")) {
            assertThat(send(decoy, "POST", "/login", type, "user=maria&password=x"))
                    .startsWith("HTTP/1.1 415 ");
        }
        assertThat(get("/login?failed", BROWSER + from("192.0.2.2")))
                .startsWith("HTTP/1.1 200 ")
                .contains("Wrong user name or password");
        assertThat(get("/login", BROWSER)).contains("name=\"password\"").doesNotContain("Wrong user");
    }

    @Test
    void requestWithoutLogin_isSentToTheForm_inBrowsersOnly() throws IOException {
        for (String path : List.of("/audit", "/senders", "/ledger")) {
            assertThat(get(path, BROWSER))
                    .startsWith("HTTP/1.1 303 ")
                    .containsIgnoringCase("\r\nLocation: http://decoy.test/login\r\n");
            for (String accept : List.of("", "Accept: */*\n", "Accept: application/json, text/html, */*;q=0.1\n")) {
                assertThat(get(path, accept))
                        .startsWith("HTTP/1.1 401 ")
                        .containsIgnoringCase("\r\nWWW-Authenticate: ")
                        .doesNotContainIgnoringCase("\r\nLocation: ")
                        .contains("application/problem+json", "decoy.admin.token", "with the role admin");
            }
        }
        assertThat(get("/audit", BROWSER + logIn("wim")))
                .startsWith("HTTP/1.1 403 ")
                .contains("wim does not have the role");
    }

    @Test
    void basic_hasTheRolesOfTheUser() throws IOException {
        assertThat(get("/ledger", basic("maria", PASSWORD))).startsWith("HTTP/1.1 200 ");
        assertThat(get("/ledger", basic("rita", PASSWORD))).startsWith("HTTP/1.1 401 ");
        assertThat(get("/senders", basic("rita", PASSWORD))).startsWith("HTTP/1.1 200 ");
        assertThat(get("/senders", basic("wim", PASSWORD))).startsWith("HTTP/1.1 401 ");
        assertThat(get("/ledger", basic("anybody", ExemptionCalls.TOKEN))).startsWith("HTTP/1.1 200 ");
        assertThat(get("/ledger", basic("maria", "wrong") + from("192.0.2.3")))
                .startsWith("HTTP/1.1 401 ")
                .contains("Wrong user name or password. Send the token");
    }

    @Test
    void changedUser_hasOtherRolesAtOnce_andRemovedOneIsLoggedOut() throws IOException {
        String otherHash = OpenBSDBCrypt.generate("2y", PASSWORD.toCharArray(), "another salt 016".getBytes(UTF_8), 8);
        writeUsers("otto:" + HASH + ":reader,witness");
        awaitChange("user otto was added: reader, witness");
        String cookie = cookie(login(decoy, "otto", PASSWORD, from("192.0.2.4")));
        assertThat(get("/audit", cookie)).startsWith("HTTP/1.1 200 ");

        writeUsers("otto:" + HASH + ":witness");
        awaitStatus(401, "/audit", cookie);
        assertThat(get("/audit", BROWSER + cookie)).startsWith("HTTP/1.1 403 ");
        awaitChange("user otto is now witness, was reader, witness");

        writeUsers();
        awaitStatus(303, "/audit", BROWSER + cookie);
        awaitChange("user otto was removed");

        writeUsers("otto:" + HASH);
        awaitStatus(200, "/audit", cookie);
        writeUsers("otto:" + otherHash);
        awaitStatus(401, "/audit", cookie);
        awaitChange("user otto has a new password");
        assertThat(get("/audit", basic("otto", PASSWORD))).startsWith("HTTP/1.1 200 ");
        writeUsers();
    }

    @Test
    void cookie_isValid_afterARestart() throws IOException {
        String cookie = logIn("rita");
        decoy.stop();
        decoy.restart();
        assertThat(get("/audit", cookie)).startsWith("HTTP/1.1 200 ").contains("\"what\":\"logged in\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(DIR.resolve("session.key"))))
                .isEqualTo("rw-------");
        assertThat(decoy.log()).doesNotContain(Files.readString(DIR.resolve("session.key")));
    }

    @Test
    void logout_removesTheCookie() throws IOException {
        String cookie = logIn("maria");
        assertThat(send(decoy, "POST", "/logout", cookie, ""))
                .startsWith("HTTP/1.1 303 ")
                .containsIgnoringCase("\r\nLocation: http://decoy.test/login\r\n")
                .containsIgnoringCase("\r\nset-cookie: decoymx=;")
                .contains("Max-Age=0");
        assertThat(get("/logout", cookie)).startsWith("HTTP/1.1 405 ");
    }

    /** A wait begins after five failures; on a slow machine the first ones may be over before the next request. */
    @Test
    void wrongPasswords_delayTheirNetworkOnly() throws IOException {
        String attacker = from("198.51.100.7");
        await("a wait").atMost(LIMIT).untilAsserted(() -> {
            for (int i = 0; i < 3; i++) {
                login(decoy, "maria", "wrong", attacker);
                get("/ledger", basic("nobody", "wrong") + attacker);
            }
            assertThat(get("/ledger", basic("maria", PASSWORD) + attacker))
                    .startsWith("HTTP/1.1 401 ")
                    .contains("Too many wrong passwords from your network; try again in ");
            assertThat(get("/login?failed", BROWSER + attacker)).contains("Try again in ");
        });
        assertThat(get("/ledger", basic("maria", PASSWORD) + from("198.51.100.8")))
                .startsWith("HTTP/1.1 200 ");
        assertThat(get("/ledger", basic("maria", PASSWORD) + from("198.51.100.8, 198.51.100.7")))
                .as("the address that the proxy has appended counts")
                .contains("Too many wrong passwords from your network");
        assertThat(get("/audit", logIn("maria"))).contains("\"from\":\"198.51.100.7\",\"what\":\"5 wrong passwords; ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Origin: http://evil.test",
                "Origin: https://decoy.test",
                "Origin: http://decoy.test:81",
                "Origin: http://decoy.test.evil.test",
                "Origin: null",
                "Sec-Fetch-Site: cross-site\nOrigin: http://decoy.test"
            })
    void requestFromAnotherSite_changesNothing(String source) throws IOException {
        String headers = logIn("maria") + source + "\n";
        assertThat(send(decoy, "POST", "/logout", headers, ""))
                .startsWith("HTTP/1.1 403 ")
                .contains("another web site")
                .doesNotContainIgnoringCase("set-cookie");
        assertThat(send(decoy, "PUT", "/exemptions/203.0.113.0/24", headers, "forged"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(send(decoy, "DELETE", "/exemptions/203.0.113.0/24", headers, ""))
                .startsWith("HTTP/1.1 403 ");
        assertThat(login(decoy, "maria", PASSWORD, source + "\n"))
                .startsWith("HTTP/1.1 403 ")
                .doesNotContainIgnoringCase("set-cookie");
        assertThat(get("/audit", headers)).startsWith("HTTP/1.1 200 ").doesNotContain("203.0.113.0", "forged");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Sec-Fetch-Site: same-origin\n", "Sec-Fetch-Site: none\n", "Origin: http://decoy.test\n"})
    void requestFromThisSite_isAccepted(String source) throws IOException {
        assertThat(send(decoy, "POST", "/logout", source, "")).startsWith("HTTP/1.1 303 ");
        assertThat(send(decoy, "DELETE", "/exemptions/203.0.113.0/24", logIn("maria") + source, ""))
                .startsWith("HTTP/1.1 404 ");
    }

    @Test
    void change_isInTheAuditLog_escaped() throws IOException {
        String hostile = "<script>alert(1)</script>";
        assertThat(send(decoy, "PUT", "/exemptions/23.0.2.0/24", basic("maria", PASSWORD) + from("192.0.2.9"), hostile))
                .startsWith("HTTP/1.1 201 ");
        assertThat(send(
                        decoy,
                        "DELETE",
                        "/exemptions/23.0.2.0/24",
                        "Authorization: Bearer " + ExemptionCalls.TOKEN + "\n",
                        ""))
                .startsWith("HTTP/1.1 204 ");
        assertThat(get("/audit", BROWSER + logIn("rita")))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("\r\nvary: accept\r\n")
                .contains("<td>maria</td><td>192.0.2.9</td><td>23.0.2.0/24 is exempt</td><td>&lt;script&gt;")
                .contains("<td>decoy.admin.token</td>", "23.0.2.0/24 is no longer exempt")
                .doesNotContain(hostile);
    }

    @Test
    void response_hasSecurityHeaders_andOnlyFeedsMayBeCached() throws IOException {
        String cookie = logIn("maria");
        for (String path : List.of(
                "/",
                "/login",
                "/audit",
                "/senders",
                "/stats",
                "/nix",
                "/decoymx.css",
                "/blocklist.txt",
                "/feeds/nix")) {
            String response = get(path, BROWSER + cookie);
            assertThat(response)
                    .as(path)
                    .containsIgnoringCase("\r\nContent-Security-Policy: default-src 'self'; frame-ancestors 'none';"
                            + " form-action 'self'; base-uri 'none'\r\n")
                    .containsIgnoringCase("\r\nX-Content-Type-Options: nosniff\r\n")
                    .containsIgnoringCase("\r\nX-Frame-Options: DENY\r\n")
                    .containsIgnoringCase("\r\nReferrer-Policy: same-origin\r\n");
            if (List.of("/login", "/audit", "/senders", "/stats").contains(path)) {
                assertThat(response).as(path).containsIgnoringCase("\r\nCache-Control: no-store\r\n");
            }
        }
        assertThat(get("/blocklist.txt", "")).containsIgnoringCase("\r\nCache-Control: max-age=");
    }

    @Test
    void badUsersFile_isReported_withoutHashes() throws IOException {
        writeUsers("eva:" + HASH + ":root", "udo:" + HASH.replace("$08$", "$04$"));
        await("the error").atMost(LIMIT).until(() -> decoy.getManagement("/q/health")
                .body()
                .contains(":4: 'root' is not a role: reader, witness, admin; and 1 more"));
        assertThat(decoy.isHealthy()).isFalse();
        writeUsers();
        await("no error").atMost(LIMIT).until(() -> decoy.isHealthy());
        Files.setPosixFilePermissions(USERS, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(decoy.getManagement("/q/health").body()).contains("can be read by all users of this machine");
        assertThat(decoy.isHealthy()).isTrue();
        writeUsers();
        assertThat(decoy.log())
                .contains("the bcrypt cost of udo, 4, is out of range")
                .doesNotContain(HASH.substring(30));
    }

    @Test
    void login_expires_andUnwritableAuditLogIsReported() throws IOException {
        Path dir = TestResources.createDirectory("expiry");
        Files.createDirectory(dir.resolve("audit.log"));
        try (DecoyProcess other = start(dir, "quarkus.http.auth.form.timeout=5s")) {
            String cookie = cookie(login(other, "maria", PASSWORD, ""));
            await("the end of the login").atMost(LIMIT).until(() -> send(other, "GET", "/audit", cookie, "")
                    .startsWith("HTTP/1.1 401 "));
            assertThat(other.getManagement("/q/health").body())
                    .contains(
                            "audit.log cannot be written: ",
                            "\"name\": \"users and audit log\",\n            \"status\": \"DOWN\"");
            assertThat(send(other, "GET", "/audit", basic("maria", PASSWORD), ""))
                    .contains("\"what\":\"logged in\"");
        } finally {
            TestResources.delete(dir);
        }
    }
}
