package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/** A log file for fail2ban. The time of each line is the time when the sender was listed. */
@Singleton
final class Fail2banFormat extends FeedFormat {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx", Locale.ROOT).withZone(ZoneOffset.UTC);

    Fail2banFormat() {
        super("fail2ban", TierFilter.CONFIRMED, TEXT_PLAIN, "fail2ban", "curl -fsS {url} -o /var/log/decoy.log");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.append(TIMESTAMP.format(Instant.ofEpochSecond(entry.since())))
                    .append(" decoy hit ")
                    .append(entry)
                    .endLine();
        }
    }
}
