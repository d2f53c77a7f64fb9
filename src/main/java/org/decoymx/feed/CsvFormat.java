package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/** Comma-separated values with reasons (RFC 4180, except that lines end with LF). */
@Singleton
final class CsvFormat extends FeedFormat {

    CsvFormat() {
        super(
                "csv",
                TierFilter.ALL,
                "text/csv;charset=UTF-8;header=present",
                "spreadsheets, databases, scripts",
                "curl -fsS --compressed {url}");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append("ip,since,until,points,reasons,tier\n");
        for (BlocklistEntry entry : view.entries()) {
            writer.append(entry)
                    .append(',')
                    .appendTime(entry.since())
                    .append(',')
                    .appendTime(entry.until());
            writer.append(',').append(Double.toString(entry.points()));
            writer.append(",\"")
                    .append(String.join(" ", entry.reasons()).replace("\"", "\"\""))
                    .append("\",")
                    .append(entry.tierName())
                    .endLine();
        }
    }
}
