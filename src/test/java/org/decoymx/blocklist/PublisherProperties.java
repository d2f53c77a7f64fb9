package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.decoymx.blocklist.Listing.Entry;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Sender;
import org.decoymx.policy.Cause;
import org.decoymx.policy.Policies;
import org.decoymx.policy.Policy;
import org.decoymx.smtp.protocol.Trait;

/** Whatever is listed, renewed, taken out and over: the listing is that of a plain map. */
class PublisherProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Policy POLICY = Policies.enforcing(Duration.ofHours(1));

    /**
     * What happens in a step: time goes by, a sender is judged, and perhaps a turn of the publisher comes.
     *
     * @param lasts for how many seconds the sender is listed from now on; 0 when it is no longer listed
     */
    private record Step(long millis, Origin origin, long lasts, boolean publish) {}

    /** The publisher as anybody would write it at first. */
    private static final class Model {
        private final int max;
        private final TreeMap<Origin, Entry> listed = new TreeMap<>();
        private List<Entry> published = List.of();
        private long version = T.getEpochSecond();

        Model(int max) {
            this.max = max;
        }

        void judge(Origin origin, Score score, Instant now) {
            if (score.isListed(now)) {
                listed.put(
                        origin,
                        new Entry(
                                origin.v6(),
                                origin.bits(),
                                origin.v6() ? 64 : 32,
                                score.listedSince(),
                                score.listedUntil(),
                                WHY));
            } else {
                listed.remove(origin);
            }
        }

        void publish(long second) {
            if (second <= version) {
                return;
            }
            listed.values().removeIf(entry -> entry.until() <= second);
            List<Entry> kept = new ArrayList<>(listed.values());
            kept.sort(Comparator.comparingLong(Entry::until));
            kept.subList(0, Math.max(0, kept.size() - max)).forEach(entry -> listed.remove(entry.origin()));
            if (!List.copyOf(listed.keySet())
                            .equals(published.stream().map(Entry::origin).toList())
                    || published.stream().anyMatch(entry -> entry.until() <= second)) {
                published = List.copyOf(listed.values());
                version = second;
            }
        }
    }

    private static final long WHY = Reasons.of(new Cause(10, 1, 1, Set.of()));

    private static Sender sender(Origin origin, Score score) {
        return new Sender(origin, T, T, 1, 1, EnumSet.noneOf(Trait.class), Set.of(), List.of(score));
    }

    @Property
    void listing_afterAnySteps_isThatOfAMap(@ForAll("steps") List<Step> steps) {
        play(steps, Integer.MAX_VALUE);
    }

    @Property
    void listing_ofAFewAtMost_isThatOfAMap(@ForAll("steps") List<Step> steps) {
        play(steps, 5);
    }

    private static void play(List<Step> steps, int max) {
        Publisher publisher = new Publisher(POLICY, T, max);
        Model model = new Model(max);
        List<Map.Entry<Listing, List<Entry>>> given = new ArrayList<>();
        Instant now = T;
        for (Step step : steps) {
            now = now.plusMillis(step.millis());
            long second = now.getEpochSecond();
            Score score = new Score(10, second, 1, second, step.lasts() == 0 ? 0 : second + step.lasts(), 0);
            publisher.judge(List.of(sender(step.origin(), score)), now);
            model.judge(step.origin(), score, now);
            if (step.publish()) {
                publisher.publish(now);
                model.publish(second);
                given.add(Map.entry(publisher.current(), model.published));
                assertThat(publisher.current().version()).isEqualTo(model.version);
            }
        }
        assertThat(given).allSatisfy(one -> assertThat(one.getKey()).containsExactlyElementsOf(one.getValue()));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> millis = Arbitraries.of(0L, 200L, 700L, 1_000L, 3_000L);
        Arbitrary<Origin> origins = Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.of(0L, 1L, 2L, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL))
                .as((v6, bits) -> new Origin(v6, v6 ? Long.reverse(bits) : bits));
        Arbitrary<Long> lasts = Arbitraries.of(0L, 1L, 2L, 5L, 20L);
        return Combinators.combine(millis, origins, lasts, Arbitraries.of(true, false))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
