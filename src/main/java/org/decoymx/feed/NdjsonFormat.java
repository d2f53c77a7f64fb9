package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** A JSON object a line, with reasons; the last line says what list it is. */
@Singleton
final class NdjsonFormat implements FeedFormat {

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
    public void render(FeedView contents, FeedWriter lines) {
        for (BlocklistEntry entry : contents.entries()) {
            lines.append("{\"ip\":\"").append(entry);
            lines.append("\",\"since\":\"").appendTime(entry.since());
            lines.append("\",\"until\":\"").appendTime(entry.until());
            lines.append("\",\"points\":")
                    .append(Double.toString(entry.points()))
                    .append(",\"reasons\":[");
            String comma = "";
            for (String reason : entry.reasons()) {
                lines.append(comma).appendJsonString(reason);
                comma = ",";
            }
            lines.append("]}\n");
        }
        FeedFormat.writeMetadata(contents, lines);
    }
}
