package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/** NDJSON with times, points and reasons. The last line is metadata. */
@Singleton
final class NdjsonFormat extends FeedFormat {

    NdjsonFormat() {
        super(
                "ndjson",
                TierFilter.ALL,
                "application/x-ndjson",
                "scripts (jq), log stores",
                "curl -fsS --compressed {url} | jq -r 'select(.points >= 20).ip'");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        for (BlocklistEntry entry : view.entries()) {
            writer.append("{\"ip\":\"").append(entry);
            writer.append("\",\"since\":\"").appendTime(entry.since());
            writer.append("\",\"until\":\"").appendTime(entry.until());
            writer.append("\",\"points\":")
                    .append(Double.toString(entry.points()))
                    .append(",\"reasons\":[");
            String comma = "";
            for (String reason : entry.reasons()) {
                writer.append(comma).appendJsonString(reason);
                comma = ",";
            }
            writer.append("],\"tier\":\"").append(entry.tierName()).append("\"}\n");
        }
        writeMetadata(view, writer);
    }
}
