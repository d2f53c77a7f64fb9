package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpText;
import org.decoymx.support.PrintableText;

/** Renders the plain feed and reads it back, as a consumer does. A list of a million entries takes some seconds. */
@Singleton
public final class FeedCheck {
    private static final int MAX_LINE = 200;

    private final BlocklistPublisher publisher;
    private final FormatRegistry formats;
    private final Clock clock;

    FeedCheck(BlocklistPublisher publisher, FormatRegistry formats, Clock clock) {
        this.publisher = publisher;
        this.formats = formats;
        this.clock = clock;
    }

    /**
     * What was read.
     *
     * @param problem what is wrong; empty if nothing is
     */
    public record CheckedFeed(long entries, String problem) {}

    /** Renders the list of now, and reads it. */
    public CheckedFeed check() {
        FeedView view = new FeedView(
                publisher.servedBlocklist(),
                FeedFilter.of(TierFilter.ALL),
                clock.instant().truncatedTo(ChronoUnit.SECONDS));
        return read(formats.findByPath("plain").orElseThrow(), view);
    }

    static CheckedFeed read(Renderable feed, FeedView view) {
        EntryReader reader = new EntryReader();
        new FeedWriter(reader).render(feed, view);
        if (reader.problem.isEmpty() && reader.entries != view.size()) {
            reader.problem = reader.entries + " entries were read, but it has " + view.size();
        }
        return new CheckedFeed(reader.entries, reader.problem);
    }

    /** Reads what is written to it line by line, so that no whole feed is in memory. */
    private static final class EntryReader extends OutputStream {
        private final byte[] line = new byte[MAX_LINE];
        private int length;
        private long entries;
        private String problem = "";

        @Override
        public void write(int octet) {
            if (octet != '\n') {
                if (length < MAX_LINE) {
                    line[length++] = (byte) octet;
                }
                return;
            }
            String text = new String(line, 0, length, StandardCharsets.US_ASCII);
            length = 0;
            if (text.isEmpty() || text.startsWith("#")) {
                return;
            }
            try {
                IpText.parseNetwork(text);
                entries++;
            } catch (IllegalArgumentException e) {
                problem = "'" + PrintableText.escape(text) + "' is no address or network";
            }
        }
    }
}
