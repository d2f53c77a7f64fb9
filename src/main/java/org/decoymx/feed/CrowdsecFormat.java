package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.decoymx.blocklist.Listing.Entry;

/** Decisions for CrowdSec, as {@code cscli decisions import} reads them: for how long from now. */
@Singleton
final class CrowdsecFormat implements Format {

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
    public void render(Contents contents, Lines lines) {
        lines.add("value,duration,reason,scope,type\n");
        String reason = contents.listing().isEnforced() ? "decoymx" : "decoymx on trial";
        long now = contents.made().getEpochSecond();
        for (Entry entry : contents.entries()) {
            long left = Math.max(1, entry.until() - now);
            lines.add(entry)
                    .add(',')
                    .add(left / 3_600)
                    .add('h')
                    .add(left / 60 % 60)
                    .add('m')
                    .add(left % 60);
            lines.add("s,").add(reason).add(entry.isAddress() ? ",Ip,ban\n" : ",Range,ban\n");
        }
    }

    @Override
    public Duration fresh() {
        return Duration.ofMinutes(1);
    }
}
