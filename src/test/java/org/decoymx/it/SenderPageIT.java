package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of the list of senders and of a sender, as a browser without scripts gets them. */
class SenderPageIT {
    private static final String READER = "reader-token-0123";
    private static final String BROWSER = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private static final String PUBLIC_URL = "https://decoy.example.org";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** What must never be in a page as it is. */
    private static final List<String> HOSTILE = List.of(
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "'onmouseover='alert(1)",
            "${jndi:ldap://127.0.0.1/<x>}",
            "{report.origin}<x>",
            "\u202e<gpj.exe>\u2066",
            "\u001b[31m<red>");

    private static final Path DIR = TestResources.createDirectory("sender-page");
    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        decoy = ExemptionCalls.startIn(
                DIR,
                "decoy.feed.tokens=" + READER,
                "decoy.public-url=" + PUBLIC_URL,
                "decoy.exempt.networks=23.9.0.0/16");
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
        TestResources.delete(DIR);
    }

    private static CompletedProgram get(String path) {
        return ExemptionCalls.curlWithoutToken(decoy, "GET", path, "-H", BROWSER);
    }

    private static CompletedProgram getAsAdmin(String path) {
        return ExemptionCalls.curl(decoy, "GET", path, "-H", BROWSER);
    }

    /** Sends a form as the administrator. */
    private static CompletedProgram post(String address, String... fields) {
        return ExemptionCalls.curl(
                decoy,
                "POST",
                "/senders/" + address,
                Stream.concat(
                                Stream.of("-H", BROWSER),
                                Stream.of(fields).flatMap(f -> Stream.of("--data-urlencode", f)))
                        .toArray(String[]::new));
    }

    private static void list(String address) throws IOException {
        ExemptionCalls.assertListed(decoy, address, address);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Accept: text/html                                  | html
            Accept: text/html, application/json;q=0.9          | html
            Accept: text/html,application/xhtml+xml,*/*;q=0.8  | html
            Accept: application/json, text/html;q=0.9          | json
            Accept: application/json                           | json
            Accept: text/html;q=0.1, */*                       | json
            Accept: */*                                        | json
            Accept:                                            | json
            """)
    void sameUrl_isHtmlOrJson(String accept, String expected) {
        for (String path : List.of("/senders", "/senders?q=nobody", "/senders/23.0.0.250")) {
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curlWithoutToken(decoy, "GET", path, "-H", accept),
                    200,
                    expected.equals("html") ? "text/html;charset=utf-8" : "application/json",
                    expected.equals("html") ? "<!DOCTYPE html>" : "{",
                    "Accept\r\n");
        }
        assertThat(get("/senders").output()).containsPattern("(?i)\r\nVary: Accept\r\n");
    }

    @Test
    void list_isFiltered_pagedAndSearched() throws IOException {
        for (String address : List.of("23.1.0.1", "23.1.0.2", "23.1.0.3")) {
            list(address);
        }
        ExemptionCalls.assertResponse(
                get("/senders?q=23.1.&size=2"),
                200,
                "3 listed senders match, the newest first.\nPage 1 of 2.",
                "<span class=\"tag tag-suspect\">suspect</span>",
                "completed a conversation for a protected recipient, once.",
                "href=\"?q=23.1.&amp;tier=all&amp;size=2&amp;page=2\">Older</a>");
        String second = get("/senders?q=23.1.&size=2&page=2").output();
        assertThat(second).contains(">Newer</a>").doesNotContain(">Older</a>");
        // the order of those that were listed in the same second is that of the addresses
        assertThat((get("/senders?q=23.1.&size=2").output() + second).split("<a class=\"address\" "))
                .hasSize(4)
                .anySatisfy(row -> assertThat(row).startsWith("href=\"/senders/23.1.0.1\">23.1.0.1</a>"))
                .anySatisfy(row -> assertThat(row).startsWith("href=\"/senders/23.1.0.3\">23.1.0.3</a>"));
        assertThat(get("/senders?q=23.1.&tier=suspect&since=2020-01-01").output())
                .contains("3 listed senders match", "value=\"2020-01-01\"", "<option value=\"suspect\" selected>");
        ExemptionCalls.assertResponse(
                get("/senders?q=23.1.&tier=confirmed&since="), 200, "No listed sender matches.", "Show all");
        ExemptionCalls.assertResponse(get("/senders?q=23.1.&page=9"), 200, "the last one is page 1.", "page=1\"");
        ExemptionCalls.assertResponse(get("/senders?q=23.1.0.1"), 303, "\r\nLocation: /senders/23.1.0.1\r\n");
        ExemptionCalls.assertResponse(get("/senders?q=%202001:DB8::7"), 303, "Location: /senders/2001:db8::7\r\n");
        for (String bad : List.of("tier=bad", "since=soon", "page=0", "size=9999", "q=23.0.0.0/99")) {
            ExemptionCalls.assertResponse(
                    get("/senders?" + bad), 400, "text/html", "role=\"alert\"", "<form id=\"search\"");
        }
    }

    @Test
    void stranger_readsWhyAndWhatToDo_withoutEvidence() throws IOException {
        list("23.2.0.1");
        list("23.2.0.2");
        String page = get(pathOfLink("23.2.0.1")).output();
        assertThat(page)
                .startsWith("HTTP/1.1 200 ")
                .contains("<h1>23.2.0.1 is listed ", "offered mail for example.org to our trap server")
                .contains("Mail from it is deferred, not rejected, until 20", "It is listed from <time")
                .contains("a mail server keeps it, and tries again by itself", "write to postmaster", "It was listed.")
                .doesNotContain("client.example.net", "evidence", "<form id=\"forget\"", "23.2.0.2", "method=\"post\"");
        assertThat(getAsAdmin("/senders/23.2.0.1").output())
                .contains("client.example.net", "<td>DATA</td>", "it sent QUIT")
                .contains("<form id=\"forget\"", "<form id=\"exempt\"", "<form id=\"list\"", "23.2.0.0/24");
        assertThat(get("/senders/23.2.0.99").output())
                .contains("<h1>23.2.0.99 was never seen here ", "is not refused because of this decoy")
                .contains("Nothing is known of this address.");
        assertThat(get("/senders/23.9.0.1").output()).contains("<h1>23.9.0.1 is exempt ");
    }

    /** The path of the link in the reply that Postfix gives a listed client. */
    private static String pathOfLink(String client) throws IOException {
        try (Socket mx = new Socket(InetAddress.getLoopbackAddress(), decoy.policyPort())) {
            mx.getOutputStream()
                    .write(("request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=" + client + "\n\n")
                            .getBytes(StandardCharsets.US_ASCII));
            mx.shutdownOutput();
            String reply = new String(mx.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(reply).contains(" See " + PUBLIC_URL + "/");
            return URI.create(reply.substring(reply.indexOf(PUBLIC_URL)).strip())
                    .getPath();
        }
    }

    @Test
    void forms_list_forget_andExempt_andSayWhatIsWrong() throws IOException {
        String address = "23.3.0.1";
        ExemptionCalls.assertResponse(
                post(address, "action=list", "tier=confirmed", "for=7d", "reason=sends to our traps"),
                303,
                "\r\nLocation: ?done=list\r\n");
        decoy.awaitListed(address);
        assertThat(getAsAdmin("/senders/" + address + "?done=list").output())
                .contains("id=\"done\"", "tag-confirmed", "By hand it was put into the tier confirmed: sends to our")
                .contains("What was decided by hand ends.");
        assertThat(get("/senders?q=to our traps".replace(' ', '+')).output())
                .contains("It was listed by hand: sends to our traps", "href=\"/senders/" + address);
        assertThat(decoy.log()).contains("By hand, by decoy.admin.token from 127.0.0.1: " + address + " is confirmed");

        ExemptionCalls.assertResponse(
                post(address, "action=list", "for=soon", "reason=what I typed"),
                400,
                "role=\"alert\"",
                "examples: 90m, 24h, 7d",
                "value=\"what I typed\"",
                "value=\"soon\"");
        ExemptionCalls.assertResponse(post(address, "action=drop"), 400, "forget, list, exempt");
        ExemptionCalls.assertResponse(post("23.3.0.99", "action=forget"), 404, "role=\"alert\"", "was never seen here");
        ExemptionCalls.assertResponse(
                post("23.9.0.1", "action=list"), 409, "role=\"alert\"", "end the exemption first");

        ExemptionCalls.assertResponse(post(address, "action=forget", "reason=a mistake"), 303, "?done=forget");
        ExemptionCalls.awaitDelisted(decoy, address);
        assertThat(getAsAdmin("/senders/" + address).output()).contains("By hand it was forgotten: a mistake");
    }

    @Test
    void exemption_hasAnEnd_andCanBeOfTheNetwork() throws IOException {
        list("23.4.0.1");
        ExemptionCalls.assertResponse(
                post("23.4.0.1", "action=exempt", "for=30d", "reason=our partner"), 303, "?done=exempt");
        ExemptionCalls.awaitDelisted(decoy, "23.4.0.1");
        assertThat(get("/senders/23.4.0.1").output()).contains("<h1>23.4.0.1 is exempt", "our partner");
        ExemptionCalls.assertResponse(post("23.4.1.1", "action=exempt", "scope=network", "for="), 303, "?done=exempt");
        assertThat(ExemptionCalls.curl(decoy, "GET", "/exemptions").output())
                .contains("\"network\":\"23.4.0.1/32\",\"why\":\"our partner\"")
                .containsPattern("our partner\",\"since\":\"20[^\"]+\",\"until\":\"20")
                .contains("\"network\":\"23.4.1.0/24\"");
        ExemptionCalls.assertResponse(post("23.4.0.1", "action=exempt", "for=never"), 400, "examples: 90m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", READER, "wrong-token-012345"})
    void forms_withoutTheRole_changeNothing(String token) {
        String path = "/senders/23.5.0.1";
        CompletedProgram run = ExemptionCalls.curlWithoutToken(
                decoy,
                "POST",
                path,
                "-d",
                "action=list",
                "-H",
                token.isEmpty() ? BROWSER : "Authorization: Bearer " + token);
        assertThat(run.output()).doesNotContain("?done=");
        assertThat(Integer.parseInt(run.output().substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length())))
                .isIn(303, 401, 403);
        assertThat(get(path).output()).contains("23.5.0.1 was never seen here").doesNotContain("<form id=\"list\"");
        assertThat(ExemptionCalls.curlWithoutToken(
                                decoy, "GET", path, "-H", BROWSER, "-H", "Authorization: Bearer " + READER)
                        .output())
                .startsWith("HTTP/1.1 200 ")
                .doesNotContain("<form id=\"list\"", "id=\"evidence\"");
    }

    @Test
    void hostileHelo_isInert() throws IOException {
        int host = 1;
        for (String text : HOSTILE) {
            String address = "23.6.0." + host++;
            try (SmtpClient client = ProxiedClient.connect(decoy.smtpPort(), address)) {
                client.readReply();
                // octets that are not printable are refused
                if (!client.sendCommand("EHLO " + text.replace(" ", "")).startsWith("250 ")) {
                    client.sendCommand("EHLO client.example.net");
                }
                client.sendCommand("MAIL FROM:<a@example.net>");
                client.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
                assertThat(client.sendCommand("DATA")).startsWith("451 ");
                client.sendCommand("QUIT");
            }
            decoy.awaitListed(address);
            await("the evidence")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertInert(getAsAdmin("/senders/" + address), 200));
        }
        assertThat(getAsAdmin("/senders/23.6.0.1").output()).contains("&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    @Test
    void hostileParameters_areInert() {
        for (String text : HOSTILE) {
            for (String name : List.of("q", "tier", "since", "page", "size")) {
                assertInert(
                        ExemptionCalls.curlWithoutToken(
                                decoy, "GET", "/senders", "-H", BROWSER, "-G", "--data-urlencode", name + "=" + text),
                        name.equals("q") && text.indexOf('/') < 0 ? 200 : 400);
            }
            for (String field : List.of("action", "tier", "for", "scope", "reason")) {
                assertInert(post("23.7.0.1", field + "=" + text), 400);
            }
        }
        for (String path : List.of("%3Cscript%3E", "%0d%0aSet-Cookie:x", "%E2%80%AE", "%1B[31m", "$%7Bjndi:x%7D")) {
            CompletedProgram run = get("/senders/" + path);
            assertInert(run, 400);
            assertThat(run.output()).doesNotContain("\nSet-Cookie:x", "${jndi");
            assertInert(get("/senders/23.7.0.1?done=" + path), 200);
        }
        assertThat(decoy.log()).doesNotContain("\u001b[31m", "\u202e");
    }

    @Test
    void hostileReason_isInert_wherePeopleReadIt() {
        int host = 1;
        for (String text : HOSTILE) {
            boolean printable = text.chars().noneMatch(c -> c == 0x1b || c >= 0x2000);
            String address = "23.8.0." + host++;
            assertInert(post(address, "action=list", "reason=" + text), printable ? 303 : 400);
            for (CompletedProgram page :
                    List.of(get("/senders/" + address), getAsAdmin("/senders/" + address), get("/senders?q=23.8."))) {
                assertInert(page, 200);
            }
        }
        assertThat(get("/senders/23.8.0.1").output()).contains("by hand: &lt;script&gt;alert(1)&lt;/script&gt;");
    }

    private static void assertInert(CompletedProgram run, int status) {
        assertThat(run.output())
                .startsWith("HTTP/1.1 " + status + " ")
                .doesNotContain("<script", "<img", "<x>", "<gpj", "<red");
        assertThat(run.output()).doesNotContain("\u202e", "\u2066", "\u001b", "'onmouseover='", "\"><img");
    }
}
