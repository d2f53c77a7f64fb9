package org.decoymx.admin.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.qute.Engine;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.decoymx.admin.history.HistoryService.History;
import org.decoymx.admin.history.HistoryService.HourCount;
import org.decoymx.admin.history.HistoryService.OutageBand;
import org.decoymx.admin.history.RecentEvents.Event;
import org.junit.jupiter.api.Test;

/** The parts of the page without scripts. */
class HistoryTemplatesTest {
    private static final Path TEMPLATES = Path.of("src/main/resources/templates");
    private static final Instant T = Instant.parse("2026-01-01T08:00:00Z");

    private static Template template(String name) throws IOException {
        Engine engine = Engine.builder()
                .addDefaults()
                .addValueResolver(new ReflectionValueResolver())
                .build();
        return engine.parse(Files.readString(TEMPLATES.resolve(name)));
    }

    @Test
    void graph_hasTheNumbersAsATable_andLinksToOtherRanges() throws IOException {
        long hour = T.getEpochSecond();
        History history = new History(
                3_600,
                List.of(new HourCount(hour, 9, 8, 7, 6, 5, 4), new HourCount(hour + 3_600, 1, 0, 0, 0, 0, 0)),
                List.of(new OutageBand(hour, hour + 60)));
        String page = template("graph.html")
                .data("history", history)
                .data("range", HistoryRange.DAY)
                .render();
        assertThat(page)
                .contains("<a href=\"?range=24h#graph\" aria-current=\"true\">24h</a>")
                .contains("<a href=\"?range=1y#graph\">1y</a>")
                .contains("10 sessions, 8 catches, 7 senders confirmed, 6 cleared")
                .contains("<tr><th scope=\"row\">2026-01-01 08:00</th><td class=\"number\">9</td>")
                .contains("<tr><td>2026-01-01 08:00</td><td>2026-01-01 08:01</td></tr>")
                .doesNotContain("style=", "onclick", "<style");
    }

    @Test
    void events_linkToSenders_only() throws IOException {
        List<Event> events = List.of(
                new Event(2, T, "2001:db8::/64", "caught, 12 points"),
                new Event(1, T, "network 192.0.2.0/24", "listed"));
        assertThat(template("events.html").data("events", events).render())
                .contains("<li data-id=\"2\"><time datetime=\"2026-01-01T08:00:00Z\">08:00:00</time>"
                        + " <a class=\"address\" href=\"/senders/2001:db8::/64\">2001:db8::/64</a>:"
                        + " caught, 12 points</li>")
                .contains("</time> network 192.0.2.0/24: listed</li>")
                .contains("class=\"muted\" hidden>Nothing");
        assertThat(template("events.html").data("events", List.of()).render()).contains("class=\"muted\">Nothing");
    }
}
