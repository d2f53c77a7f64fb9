package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/** A JSON object a line, with reasons; the last line says what list it is. */
@Singleton
final class NdjsonFormat implements Format {

    @Override
    public String name() {
        return "ndjson";
    }

    @Override
    public String mediaType() {
        return "application/x-ndjson";
    }

    @Override
    public String consumer() {
        return "scripts (jq), log stores";
    }

    @Override
    public String example(String url) {
        return "curl -fsS --compressed " + url + " | jq -r 'select(.points >= 20).ip'";
    }

    @Override
    public void render(Contents contents, Lines lines) {
        for (Entry entry : contents.entries()) {
            lines.add("{\"ip\":\"").add(entry);
            lines.add("\",\"since\":\"").addTime(entry.since());
            lines.add("\",\"until\":\"").addTime(entry.until());
            lines.add("\",\"points\":").add(Double.toString(entry.points())).add(",\"reasons\":[");
            String comma = "";
            for (String reason : entry.reasons()) {
                lines.add(comma).addJson(reason);
                comma = ",";
            }
            lines.add("]}\n");
        }
        Format.metadata(contents, lines);
    }
}
