package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** Comma-separated values with reasons: RFC 4180, but for the line ends. */
@Singleton
final class CsvFormat implements FeedFormat {

    @Override
    public String name() {
        return "csv";
    }

    @Override
    public String mediaType() {
        return "text/csv;charset=UTF-8;header=present";
    }

    @Override
    public String consumer() {
        return "spreadsheets, databases, scripts";
    }

    @Override
    public String example(String url) {
        return "curl -fsS --compressed " + url;
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        lines.append("ip,since,until,points,reasons\n");
        for (BlocklistEntry entry : contents.entries()) {
            lines.append(entry)
                    .append(',')
                    .appendTime(entry.since())
                    .append(',')
                    .appendTime(entry.until());
            lines.append(',').append(Double.toString(entry.points()));
            lines.append(",\"")
                    .append(String.join(" ", entry.reasons()).replace("\"", "\"\""))
                    .append("\"\n");
        }
    }
}
