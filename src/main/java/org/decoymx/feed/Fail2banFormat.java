package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.decoymx.blocklist.Listing.Entry;

/** Lines of a log for fail2ban, each with the time when its sender was caught. */
@Singleton
final class Fail2banFormat implements Format {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Override
    public String name() {
        return "fail2ban";
    }

    @Override
    public String mediaType() {
        return TEXT;
    }

    @Override
    public String consumer() {
        return "fail2ban";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " -o /var/log/decoy.log";
    }

    @Override
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, "#"));
        for (Entry entry : contents.entries()) {
            lines.add(TIME.format(Instant.ofEpochSecond(entry.since())))
                    .add(" decoy hit ")
                    .add(entry)
                    .end();
        }
    }
}
