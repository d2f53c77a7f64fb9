package org.decoymx.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.time.Instant;
import org.decoymx.admin.SenderList.SenderPage;
import org.jspecify.annotations.Nullable;

/**
 * What the page of the list shows.
 *
 * @param text that was searched for; empty for all
 * @param tier {@code suspect}, {@code confirmed} or {@code all}
 * @param since a date; empty for no limit
 * @param filtered whether not all senders are asked for
 * @param found null if the query is not valid
 * @param error what is wrong with the query; empty if it is valid
 * @param previous reference to the previous page; empty if there is none
 * @param next reference to the next page; empty if there is none
 */
public record SenderListView(
        String text,
        String tier,
        String since,
        boolean filtered,
        @Nullable SenderPage found,
        String error,
        String previous,
        String next) {
    private static final int DATE_LENGTH = 10;

    static SenderListView of(SenderQuery query, SenderPage found) {
        String tier = query.tier() == null ? "all" : query.tier().text();
        boolean limited = query.since().isAfter(Instant.EPOCH);
        String reference = "?q=" + URLEncoder.encode(query.text(), UTF_8) + "&tier=" + tier
                + (limited ? "&since=" + query.since() : "") + "&size=" + query.size() + "&page=";
        return new SenderListView(
                query.text(),
                tier,
                limited ? query.since().toString().substring(0, DATE_LENGTH) : "",
                limited || query.tier() != null || !query.text().isEmpty(),
                found,
                "",
                found.page() == 1 ? "" : reference + Math.min(found.page() - 1, Math.max(1, found.pages())),
                found.page() < found.pages() ? reference + (found.page() + 1) : "");
    }

    /** The page after a query that is not valid; null for a parameter that is not given. */
    static SenderListView failed(@Nullable String text, @Nullable String tier, String error) {
        return new SenderListView(text == null ? "" : text, tier == null ? "all" : tier, "", true, null, error, "", "");
    }
}
