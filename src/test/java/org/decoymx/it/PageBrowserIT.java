package org.decoymx.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.decoymx.it.Chromium.Window;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pages in a real browser, with the Content-Security-Policy in force. Each window fails its test if a page reports
 * an error, violates the policy, or requests something that is missing.
 */
class PageBrowserIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String PASSWORD = "correct h\u00f6rse & more";
    private static final String CAUGHT = "23.0.0.1";

    /** Without spaces, which would end a HELO name. */
    private static final List<String> HOSTILE = List.of(
            "<img/src=x/onerror=window.hacked=1>",
            "\"><script>window.hacked=1</script>",
            "'onfocus='window.hacked=1'autofocus='",
            "${jndi:ldap://127.0.0.1/x}{page.user}",
            "\u001b[31m\u009b31m\u202egpj.exe\u2066");

    private static final String LINE_COLOR = """
            ([red, green, blue]) => {
              const canvas = document.querySelector("#chart canvas");
              if (!canvas) {
                return 0;
              }
              const copy = new OffscreenCanvas(canvas.width, canvas.height)
                .getContext("2d", {willReadFrequently: true});
              copy.drawImage(canvas, 0, 0);
              const data = copy.getImageData(0, 0, canvas.width, canvas.height).data;
              let pixels = 0;
              for (let i = 0; i < data.length; i += 4) {
                if (data[i + 3] > 200 && Math.abs(data[i] - red) + Math.abs(data[i + 1] - green)
                    + Math.abs(data[i + 2] - blue) < 30) {
                  pixels++;
                }
              }
              return pixels;
            }""";

    private static final String STRANGE = """
            () => {
              const strange = [...document.querySelectorAll("*")].filter(
                (e) => e.matches("img, svg, iframe, object, embed, style, script:not([src^='/'])")
                  || [...e.attributes].some((a) => a.name.startsWith("on")));
              const codes = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f"
                + "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069";
              return strange.map((e) => e.outerHTML).join() + (window.hacked ? " executed" : "")
                + (document.documentElement.outerHTML.match(new RegExp("[" + codes + "]")) || "");
            }""";

    private static Path dir;
    private static DecoyProcess decoy;
    private static Chromium chromium;

    @BeforeAll
    static void start() throws IOException {
        dir = TestResources.createDirectory("page");
        chromium = Chromium.start();
        Path users = dir.resolve("users");
        String hash = OpenBSDBCrypt.generate("2y", PASSWORD.toCharArray(), new byte[16], 8);
        Files.writeString(users, "maria:" + hash + ":admin\nrita:" + hash + "\nwim:" + hash + ":witness\n");
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-------"));
        decoy = DecoyProcess.start(
                Stream.concat(Stream.of(DecoyWithLedger.settings(dir)), Stream.of("decoy.admin.users-file=" + users))
                        .toArray(String[]::new));
        for (String client : List.of(CAUGHT, "23.0.1.1", "2001:db8::7")) {
            ExemptionCalls.assertListed(decoy, client, client);
        }
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (decoy != null) {
            decoy.close();
        }
        TestResources.delete(dir);
    }

    private static Window openAs(String user) {
        Window window = chromium.open(decoy);
        logIn(window, user);
        return window;
    }

    private static void logIn(Window window, String user) {
        window.logIn(user, PASSWORD);
        assertThat(window.page()).hasURL(decoy.url("/"));
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static void assertDrawn(Page page, int red, int green, int blue) {
        await("the line of the sessions").pollInSameThread().atMost(LIMIT).untilAsserted(() -> assertThat(
                        (int) page.evaluate(LINE_COLOR, List.of(red, green, blue)))
                .isGreaterThan(50));
    }

    @Test
    void newcomer_seesTheFirstCatch_withoutReload() throws IOException {
        String sender = "127.0.0.61";
        try (DecoyProcess trial = DecoyProcess.start("decoy.smtp.greeting-delay=0s");
                Window window = chromium.open(trial)) {
            // a page that comes before the senders were counted does not have it
            await("the next steps").pollInSameThread().atMost(LIMIT).untilAsserted(() -> assertThat(
                            window.go("/").locator("#newcomer").count())
                    .isEqualTo(1));
            Page page = window.go("/");
            assertThat(page.locator("#state")).containsText("TRIAL");
            assertThat(page.locator("#newcomer code").first()).containsText("swaks --server 127.0.0.1:");
            assertThat(page.locator("#listed")).hasText("0");
            assertThat(page.locator("#events-none")).isVisible();
            window.assertAccessible();
            assertThat(page.locator("#events-state")).hasText("Live");
            page.evaluate("window.isSameDocument = true");

            assertThat(SmtpClient.mail(trial.smtpPort(), sender, "user@example.org"))
                    .startsWith("451 ");
            Locator event = page.locator("#events li", new Page.LocatorOptions().setHasText(sender + ": listed"));
            assertThat(event.first()).isVisible();
            assertThat(page.locator("#events-none")).isHidden();
            assertThat(page.evaluate("window.isSameDocument")).isEqualTo(true);
            event.first().getByRole(AriaRole.LINK).click();
            assertThat(page.locator("h1")).containsText(sender + " is listed");

            await("the sender on the page").pollInSameThread().atMost(LIMIT).untilAsserted(() -> assertThat(
                            window.go("/").textContent("#new"))
                    .isEqualTo("1"));
            assertThat(page.locator("#newcomer")).hasCount(0);
            assertThat(page.locator("#listed")).hasText("1");
        }
    }

    @Test
    void chart_isDrawn_lightAndDark_forEachRange() {
        try (Window window = openAs("rita")) {
            Page page = window.go("/");
            assertDrawn(page, 0x1d, 0x5f, 0xa8);
            window.screenshot("overview");
            window.darken(true);
            assertDrawn(page, 0x79, 0xb8, 0xff);
            window.screenshot("overview-dark");
            window.darken(false);
            page.locator("#graph .ranges a").last().click();
            assertDrawn(page, 0x1d, 0x5f, 0xa8);
            assertThat(page.locator("#graph-title")).containsText("year");
            window.resize(true);
            assertDrawn(page, 0x1d, 0x5f, 0xa8);
            window.screenshot("overview-phone");
        }
    }

    @Test
    void login_logout_andWrongPassword() {
        try (Window window = chromium.open(decoy)) {
            Page page = window.go("/");
            assertThat(page).hasURL(decoy.url("/login"));
            window.logIn("maria", "wrong");
            assertThat(page.getByRole(AriaRole.ALERT)).hasText("Wrong user name or password.");
            window.assertAccessible();
            logIn(window, "maria");
            assertThat(page.locator("#numbers")).isVisible();
            assertThat(page.evaluate("document.cookie")).isEqualTo("");
            button(page, "Log out").click();
            assertThat(page).hasURL(decoy.url("/login"));
            window.go("/senders");
            assertThat(page).hasURL(decoy.url("/login"));
        }
    }

    @Test
    void sender_isListed_exemptForAWhile_andForgotten_byForms() {
        String address = "23.3.0.1";
        try (Window window = openAs("maria")) {
            Page page = window.go("/senders");
            page.fill("#q", address);
            button(page, "Search").click();
            assertThat(page.locator("h1")).containsText(address + " was never seen here");
            page.selectOption("#list-tier", "confirmed");
            page.fill("#list-for", "soon");
            page.fill("#list-reason", "sends to our traps");
            button(page, "Put into the tier").click();
            assertThat(page.locator("#error")).containsText("soon");
            window.assertAccessible();
            page.fill("#list-for", "7d");
            button(page, "Put into the tier").click();
            assertThat(page.locator("#done")).containsText("in the tier");
            assertThat(page.locator("h1 .tag")).hasText("confirmed");
            decoy.awaitListed(address);
            window.screenshot("sender");

            button(page, "Forget").click();
            assertThat(page.locator("#done")).containsText("forgotten");
            ExemptionCalls.awaitDelisted(decoy, address);

            page.fill("#exempt-for", "30d");
            page.fill("#exempt-reason", "our partner");
            button(page, "Exempt").click();
            assertThat(page.locator("#done")).containsText("is exempt");
            assertThat(page.locator("#verdict")).containsText("our partner");
            window.go("/audit");
            assertThat(page.locator("#changes")).containsText("sends to our traps");
            assertThat(page.locator("#changes tbody tr").first()).containsText("maria");
            assertThat(page.locator("#changes tbody tr").first()).containsText("our partner");
            window.assertAccessible();
        }
    }

    @Test
    void formOfAnotherSite_changesNothing() {
        try (Window window = openAs("maria");
                Page other = window.page().context().newPage()) {
            String form = "<form method=post action='" + decoy.url("/senders/" + CAUGHT)
                    + "'><input name=action value=forget></form>";
            other.route(
                    "http://site.test/",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("text/html")
                            .setBody(form)));
            other.navigate("http://site.test/");
            other.evaluate("document.forms[0].submit()");
            other.waitForURL(url -> url.startsWith(decoy.url("")));
            assertThat(other.locator("#done")).hasCount(0);
            window.go("/senders/" + CAUGHT);
            assertThat(window.page().locator("h1")).containsText("is listed");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/?range=1y", "/senders", "/senders?q=nobody", "/senders/" + CAUGHT, "/check", "/audit"})
    void page_isAccessible_onPhoneAndDesktop_lightAndDark(String path) {
        try (Window window = openAs("maria")) {
            window.go(path);
            window.assertAccessible();
        }
    }

    @Test
    void error_isAPage() {
        try (Window window = openAs("wim")) {
            Page page = window.page();
            assertThat(page.locator("h1")).hasText("Access denied");
            assertThat(page.locator("main")).containsText("wim does not have the role");
            window.assertAccessible();
            window.go("/audit", 403);
            window.go("/nothing/here", 404);
            assertThat(page.locator("h1")).hasText("Not Found");
            window.assertAccessible();
            window.go("/senders/nobody", 400);
            window.assertAccessible();
        }
    }

    @Test
    void withoutScripts_contentAndFormsWork() throws IOException {
        String address = "23.4.0.1";
        ExemptionCalls.assertListed(decoy, address, address);
        try (Window window = chromium.openWithoutScripts(decoy)) {
            logIn(window, "maria");
            Page page = window.go("/");
            assertThat(page.locator("#events li", new Page.LocatorOptions().setHasText(address))
                            .first())
                    .isVisible();
            assertThat(page.locator("#chart")).isHidden();
            assertThat(page.locator("#events-pause")).isHidden();
            page.locator("#graph summary").click();
            assertThat(page.locator("#graph details table").first()).isVisible();
            window.go("/senders");
            page.locator("#senders a", new Page.LocatorOptions().setHasText(address))
                    .click();
            button(page, "Forget").click();
            assertThat(page.locator("#done")).isVisible();
            ExemptionCalls.awaitDelisted(decoy, address);
            button(page, "Log out").click();
            assertThat(page).hasURL(decoy.url("/login"));
        }
    }

    @Test
    void keyboard_skipsToTheContent_andShowsWhereItIs() {
        try (Window window = openAs("maria")) {
            for (String path : List.of("/", "/senders/" + CAUGHT)) {
                Page page = window.go(path);
                page.keyboard().press("Tab");
                assertThat(page.locator(".skip")).isFocused();
                assertThat(page.locator(".skip")).isInViewport();
                page.keyboard().press("Enter");
                assertThat(page.locator("#main")).isFocused();
                for (int i = 0; i < 30; i++) {
                    page.keyboard().press("Tab");
                    assertThat(page.evaluate("""
                                    () => {
                                      const at = document.activeElement;
                                      const style = getComputedStyle(at);
                                      return at === document.body || style.outlineStyle === "solid"
                                        && parseFloat(style.outlineWidth) >= 2 ? "" : at.outerHTML;
                                    }"""))
                            .as("has the focus, but does not show it")
                            .isEqualTo("");
                }
            }
        }
    }

    @Test
    void hostileNames_areShown_andDoNothing() throws IOException {
        // the last one is no HELO name that the decoy accepts
        for (int i = 0; i < HOSTILE.size() - 1; i++) {
            catchWithHelo("23.6." + i + ".1", HOSTILE.get(i));
        }
        try (Window window = chromium.open(decoy)) {
            window.logIn(HOSTILE.get(0), "wrong");
            assertThat(window.page().locator("main")).containsText("Wrong user name or password");
            logIn(window, "maria");
            Page page = window.page();
            await("the HELO names").pollInSameThread().atMost(LIMIT).untilAsserted(() -> assertThat(
                            window.go("/").textContent("#helos"))
                    .contains(HOSTILE.get(0)));
            assertInert(page);
            for (int i = 0; i < HOSTILE.size(); i++) {
                window.go("/senders/23.6." + i + ".1");
                assertInert(page);
                page.fill("#list-reason", HOSTILE.get(i));
                button(page, "Put into the tier").click();
                assertThat(page.locator("#done, #error")).isVisible();
                assertInert(page);
                page.navigate("/senders?q=" + URLEncoder.encode(HOSTILE.get(i), UTF_8));
                assertInert(page);
                window.go("/" + URLEncoder.encode(HOSTILE.get(i), UTF_8), 404);
                assertInert(page);
            }
            window.go("/senders/23.6.0.1");
            assertThat(page.locator("#evidence")).containsText(HOSTILE.get(0));
            for (String path : List.of("/", "/senders", "/audit")) {
                window.go(path);
                assertInert(page);
            }
            assertThat(page.locator("#changes")).containsText(HOSTILE.get(1));
        }
    }

    private static void catchWithHelo(String address, String helo) throws IOException {
        try (SmtpClient client = ProxiedClient.connect(decoy.smtpPort(), address)) {
            client.readReply();
            client.sendCommand("HELO " + helo);
            client.sendCommand("MAIL FROM:<sender@example.net>");
            client.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
            assertThat(client.sendCommand("DATA")).startsWith("451 ");
            client.sendCommand("QUIT");
        }
        decoy.awaitListed(address);
    }

    /** No element, attribute or script is from a stranger, and no character that changes how others look. */
    private static void assertInert(Page page) {
        assertThat(page.evaluate(STRANGE)).as(page.url()).isEqualTo("");
    }
}
