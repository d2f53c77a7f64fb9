package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Listing.Entry;
import org.decoymx.blocklist.Publisher;
import org.decoymx.blocklist.Publishers;
import org.decoymx.feed.Selection.Family;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Sender;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Mode;
import org.junit.jupiter.api.Test;

class ContentsTest {
    private static final Listing LISTING = listing();

    /** 192.0.2.0 to 192.0.2.3 with 10, 20, 30 and 40 points, and 2001:db8::/64 with 15. */
    private static Listing listing() {
        Publisher publisher = Publishers.of(Mode.ENFORCE, 0, new Exempt(), Given.T);
        Stream<Sender> v4 =
                IntStream.range(0, 4).mapToObj(host -> sender(new Origin(false, 0xc0000200L + host), 10 * (host + 1)));
        Publishers.judge(
                publisher,
                Stream.concat(v4, Stream.of(sender(new Origin(true, 0x20010db8L << 32), 15)))
                        .toList(),
                Given.T);
        Publishers.publish(publisher, Given.T.plusSeconds(1));
        return publisher.current();
    }

    private static Sender sender(Origin origin, double points) {
        long now = Given.T.getEpochSecond();
        return new Sender(
                origin,
                Given.T,
                Given.T,
                1,
                1,
                Set.of(),
                Set.of(),
                List.of(new Score(points, now, 1, now, now + 3_600, 0)));
    }

    private static List<String> entries(Selection selection) {
        Contents contents = new Contents(LISTING, selection, Given.T);
        List<String> texts = StreamSupport.stream(contents.entries().spliterator(), false)
                .map(Entry::text)
                .toList();
        assertThat(contents.size()).isEqualTo(texts.size());
        return texts;
    }

    @Test
    void all_isTheListing() {
        assertThat(entries(Selection.ALL))
                .containsExactly("192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::/64");
    }

    @Test
    void family_isOne() {
        assertThat(entries(Selection.of(Family.V4))).hasSize(4).allMatch(text -> text.startsWith("192.0.2."));
        assertThat(entries(Selection.of(Family.V6))).containsExactly("2001:db8::/64");
    }

    @Test
    void minPoints_areThoseThatHadSoMany() {
        assertThat(entries(new Selection(Family.BOTH, 20, false)))
                .containsExactly("192.0.2.1", "192.0.2.2", "192.0.2.3");
        assertThat(entries(new Selection(Family.BOTH, 41, false))).isEmpty();
    }

    @Test
    void aggregate_mergesOnlyWhatWasSelected() {
        assertThat(entries(new Selection(Family.BOTH, 0, true))).containsExactly("192.0.2.0/30", "2001:db8::/64");
        assertThat(entries(new Selection(Family.V4, 20, true))).containsExactly("192.0.2.1", "192.0.2.2/31");
    }
}
