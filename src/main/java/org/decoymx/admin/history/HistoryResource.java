package org.decoymx.admin.history;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.decoymx.admin.history.HistoryService.History;
import org.decoymx.admin.history.HistoryService.HourCount;
import org.decoymx.admin.history.HistoryService.OutageBand;

/** The numbers of the chart. */
@Path("/stats/history")
public final class HistoryResource {
    private static final List<String> COLUMNS =
            List.of("time", "sessions", "catches", "confirmed", "cleared", "refused", "deferred");

    private final HistoryService history;

    HistoryResource(HistoryService history) {
        this.history = history;
    }

    /**
     * The response. Times are seconds since 1970.
     *
     * @param step the length of a step: an hour, or a day in UTC
     * @param columns the names of the columns
     * @param data the columns, the oldest step first; the last one has not ended
     * @param outages when a real MX was down, or nobody looked whether it was: to the second for a day, else by hours
     */
    public record HistoryColumns(
            String range, long step, List<String> columns, List<List<Long>> data, List<OutageBand> outages) {}

    /**
     * The numbers of a range.
     *
     * @param range 24h, 7d, 30d or 1y
     */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public HistoryColumns get(@QueryParam("range") @DefaultValue("24h") String range) {
        HistoryRange parsed = HistoryRange.parse(range);
        History found = history.find(parsed);
        List<List<Long>> data = Stream.<ToLongFunction<HourCount>>of(
                        HourCount::hour,
                        HourCount::sessions,
                        HourCount::catches,
                        HourCount::confirmed,
                        HourCount::cleared,
                        HourCount::refused,
                        HourCount::deferred)
                .map(column -> found.counts().stream().mapToLong(column).boxed().toList())
                .toList();
        return new HistoryColumns(parsed.key(), found.step(), COLUMNS, data, found.outages());
    }
}
