package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/** Comma-separated values with reasons: RFC 4180, but for the line ends. */
@Singleton
final class CsvFormat implements Format {

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
    public void render(Contents contents, Lines lines) {
        lines.add("ip,since,until,points,reasons\n");
        for (Entry entry : contents.entries()) {
            lines.add(entry).add(',').addTime(entry.since()).add(',').addTime(entry.until());
            lines.add(',').add(Double.toString(entry.points()));
            lines.add(",\"")
                    .add(String.join(" ", entry.reasons()).replace("\"", "\"\""))
                    .add("\"\n");
        }
    }
}
