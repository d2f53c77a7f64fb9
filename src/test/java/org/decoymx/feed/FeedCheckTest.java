package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.feed.FixedFeedView.entry;

import java.util.List;
import java.util.Set;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.feed.FeedCheck.CheckedFeed;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.PolicyMode;
import org.junit.jupiter.api.Test;

class FeedCheckTest {
    private static final long REASON = BlocklistPublishers.packedReason(new ListingReason(10, 1, 1, Set.of()));
    private static final List<BlocklistEntry> ENTRIES =
            List.of(entry("192.0.2.9", REASON), entry("198.51.100.0/24", REASON), entry("2001:db8:0:1::/64", REASON));

    private static CheckedFeed read(Renderable format) {
        return FeedCheck.read(format, new FixedFeedView(PolicyMode.ENFORCE, ENTRIES));
    }

    @Test
    void plainFeed_isReadBack() {
        assertThat(read(LineFormats.plain())).isEqualTo(new CheckedFeed(3, ""));
    }

    @Test
    void feedThatCannotBeRead_isFound() {
        assertThat(read(new CsvFormat()).problem()).contains("is no address or network");
        assertThat(read(LineFormats.fail2ban()).problem()).isNotEmpty();
    }
}
