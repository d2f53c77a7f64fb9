package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The installed Chromium, without a display. */
final class Chromium implements AutoCloseable {
    private static final double LIMIT_MILLIS = 120_000;
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final String HIDDEN = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    private static final int PHONE_WIDTH = 360;

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    static Chromium start() {
        Path program = Path.of(RealProgram.require("chromium"));
        PlaywrightAssertions.setDefaultAssertionTimeout(LIMIT_MILLIS);
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        // its sandbox does not start as root
        return new Chromium(
                playwright,
                playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(program)
                                .setArgs(List.of("--no-sandbox"))
                                .setTimeout(LIMIT_MILLIS)));
    }

    /** A window without cookies. */
    Window open(DecoyProcess decoy) {
        return open(decoy, true);
    }

    Window openWithoutScripts(DecoyProcess decoy) {
        return open(decoy, false);
    }

    private Window open(DecoyProcess decoy, boolean scripts) {
        return new Window(
                browser.newContext(new Browser.NewContextOptions()
                        .setBaseURL(decoy.url(""))
                        .setJavaScriptEnabled(scripts)
                        .setViewportSize(1280, 800)),
                decoy.url("/"));
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }

    /**
     * A window with one page. It records what no page may do: errors and warnings on the console, which name violations
     * of the Content-Security-Policy too, uncaught errors, failed requests, requests to others, and dialogs.
     */
    static final class Window implements AutoCloseable {
        private final BrowserContext context;
        private final Page page;
        private final List<String> faults = new ArrayList<>();

        private Window(BrowserContext context, String home) {
            this.context = context;
            context.setDefaultTimeout(LIMIT_MILLIS);
            page = context.newPage();
            page.onConsoleMessage(this::record);
            page.onPageError(error -> faults.add("error: " + error));
            page.onDialog(dialog -> {
                faults.add("dialog: " + dialog.message());
                dialog.dismiss();
            });
            page.onRequest(request -> {
                if (!request.url().startsWith(home)) {
                    faults.add("request to another server: " + request.url());
                }
            });
            page.onRequestFailed(this::record);
            page.onResponse(response -> {
                if (response.status() >= 400 && !response.request().isNavigationRequest()) {
                    faults.add(response.status() + " for " + response.url());
                }
            });
        }

        private void record(ConsoleMessage message) {
            // the listener of responses tells those apart that a test expects
            boolean isStatus = message.text().startsWith("Failed to load resource: the server responded with a status");
            if (Set.of("error", "warning").contains(message.type()) && !isStatus) {
                faults.add(message.type() + " on the console: " + message.text());
            }
        }

        /** The stream of events and a refresh of the chart end with the page. */
        private void record(Request request) {
            if (!request.failure().equals("net::ERR_ABORTED")) {
                faults.add("failed: " + request.url() + ": " + request.failure());
            }
        }

        Page page() {
            return page;
        }

        /** Opens a path, which must be answered with this status and a page. */
        Page go(String path, int status) {
            Response response = page.navigate(path);
            assertThat(response.status()).as(path).isEqualTo(status);
            assertThat(response.headerValue("content-type")).as(path).startsWith("text/html");
            return page;
        }

        Page go(String path) {
            return go(path, 200);
        }

        /** Sends the login form. The answer is still to be waited for. */
        void logIn(String user, String password) {
            go("/login");
            page.fill("#user", user);
            page.fill("#password", password);
            page.press("#password", "Enter");
        }

        void resize(boolean phone) {
            page.setViewportSize(phone ? PHONE_WIDTH : 1280, 800);
        }

        void darken(boolean dark) {
            page.emulateMedia(
                    new Page.EmulateMediaOptions().setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT));
        }

        /**
         * Checks the page for people who cannot see well, or not at all, and that it fits, on a phone and a desktop,
         * light and dark.
         */
        void assertAccessible() {
            for (boolean phone : new boolean[] {false, true}) {
                resize(phone);
                await("the width of the page").pollInSameThread().untilAsserted(() -> assertThat(page.evaluate(HIDDEN))
                        .as("hidden to the right of %s, on a phone: %s", page.url(), phone)
                        .isEqualTo(0));
                for (boolean dark : new boolean[] {false, true}) {
                    darken(dark);
                    assertThat(new AxeBuilder(page)
                                    .setLegacyMode(true)
                                    .analyze()
                                    .getViolations())
                            .filteredOn(rule -> Set.of("serious", "critical").contains(rule.getImpact()))
                            .as("%s, on a phone: %s, dark: %s", page.url(), phone, dark)
                            .extracting(Window::describe)
                            .isEmpty();
                }
            }
            darken(false);
            resize(false);
        }

        private static String describe(Rule rule) {
            StringBuilder text = new StringBuilder(rule.getImpact() + " " + rule.getId() + ": " + rule.getHelp());
            rule.getNodes().forEach(node -> text.append("\n  ")
                    .append(node.getHtml())
                    .append(' ')
                    .append(node.getFailureSummary()));
            return text.toString();
        }

        /** Writes a picture of the whole page to a file. */
        void screenshot(String name) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(SCREENSHOTS.resolve(name + ".png"))
                    .setFullPage(true));
        }

        /** Closes the window; fails if a page did what it may not. */
        @Override
        public void close() {
            context.close();
            assertThat(faults).isEmpty();
        }
    }
}
