package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** Decisions for CrowdSec, as {@code cscli decisions import} reads them: for how long from now. */
@Singleton
final class CrowdsecFormat implements FeedFormat {

    @Override
    public String name() {
        return "crowdsec-csv";
    }

    @Override
    public String mediaType() {
        return "text/csv;charset=UTF-8;header=present";
    }

    @Override
    public String consumer() {
        return "CrowdSec";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " -o decoy.csv && cscli decisions import -i decoy.csv";
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        lines.append("value,duration,reason,scope,type\n");
        String reason = contents.listing().isEnforced() ? "decoymx" : "decoymx on trial";
        long now = contents.renderedAt().getEpochSecond();
        for (BlocklistEntry entry : contents.entries()) {
            long left = Math.max(1, entry.until() - now);
            lines.append(entry)
                    .append(',')
                    .append(left / 3_600)
                    .append('h')
                    .append(left / 60 % 60)
                    .append('m')
                    .append(left % 60);
            lines.append("s,").append(reason).append(entry.isAddress() ? ",Ip,ban\n" : ",Range,ban\n");
        }
    }

    @Override
    public Duration freshnessLifetime() {
        return Duration.ofMinutes(1);
    }
}
