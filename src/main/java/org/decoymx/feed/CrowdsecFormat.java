package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/** Decisions for {@code cscli decisions import} of CrowdSec. Durations are relative to the time of rendering. */
@Singleton
final class CrowdsecFormat extends FeedFormat {

    CrowdsecFormat() {
        super(
                "crowdsec-csv",
                TierFilter.CONFIRMED,
                "text/csv;charset=UTF-8;header=present",
                "CrowdSec",
                "curl -fsS {url} -o decoy.csv && cscli decisions import -i decoy.csv");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append("value,duration,reason,scope,type\n");
        String reason = view.listing().isEnforced() ? "decoymx" : "decoymx on trial";
        long now = view.renderedAt().getEpochSecond();
        for (BlocklistEntry entry : view.entries()) {
            long remaining = Math.max(1, entry.until() - now);
            writer.append(entry)
                    .append(',')
                    .append(remaining / 3_600)
                    .append('h')
                    .append(remaining / 60 % 60)
                    .append('m')
                    .append(remaining % 60);
            writer.append("s,").append(reason).append(entry.isAddress() ? ",Ip,ban\n" : ",Range,ban\n");
        }
    }

    @Override
    public Duration freshnessLifetime() {
        return Duration.ofMinutes(1);
    }
}
