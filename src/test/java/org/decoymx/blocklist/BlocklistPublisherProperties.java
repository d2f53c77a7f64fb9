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
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.smtp.protocol.Trait;

/** After any steps, the published blocklist equals that of a plain map. */
class BlocklistPublisherProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Policy POLICY = PolicyFixtures.enforcing(Duration.ofHours(1));

    /**
     * One step: time passes, a sender is evaluated, and the publisher may run.
     *
     * @param listedSeconds for how long the sender is listed from now on; 0 if it is not listed
     */
    private record PublisherStep(long millis, IpPrefix origin, long listedSeconds, boolean publish) {}

    /** The simplest possible publisher. */
    private static final class PublisherModel {
        private final int maxEntries;
        private final TreeMap<IpPrefix, BlocklistEntry> listed = new TreeMap<>();
        private List<BlocklistEntry> published = List.of();
        private long version = T.getEpochSecond();

        PublisherModel(int maxEntries) {
            this.maxEntries = maxEntries;
        }

        void evaluate(IpPrefix origin, SenderScore score, Instant now) {
            if (score.isListed(now)) {
                listed.put(origin, new BlocklistEntry(origin, score.listedSince(), score.listedUntil(), PACKED_REASON));
            } else {
                listed.remove(origin);
            }
        }

        void publish(long second) {
            if (second <= version) {
                return;
            }
            listed.values().removeIf(entry -> entry.until() <= second);
            List<BlocklistEntry> kept = new ArrayList<>(listed.values());
            kept.sort(Comparator.comparingLong(BlocklistEntry::until));
            kept.subList(0, Math.max(0, kept.size() - maxEntries)).forEach(entry -> listed.remove(entry.network()));
            if (!List.copyOf(listed.keySet())
                            .equals(published.stream()
                                    .map(BlocklistEntry::network)
                                    .toList())
                    || published.stream().anyMatch(entry -> entry.until() <= second)) {
                published = List.copyOf(listed.values());
                version = second;
            }
        }
    }

    private static final long PACKED_REASON = PackedReason.pack(new ListingReason(10, 1, 1, Set.of()));

    private static Sender sender(IpPrefix origin, SenderScore score) {
        return new Sender(origin, T, T, 1, 1, EnumSet.noneOf(Trait.class), Set.of(), List.of(score));
    }

    @Property
    void blocklist_afterAnySteps_equalsModel(@ForAll("steps") List<PublisherStep> steps) {
        assertEqualsModel(steps, Integer.MAX_VALUE);
    }

    @Property
    void blocklist_withLowLimit_equalsModel(@ForAll("steps") List<PublisherStep> steps) {
        assertEqualsModel(steps, 5);
    }

    private static void assertEqualsModel(List<PublisherStep> steps, int maxEntries) {
        BlocklistPublisher publisher = new BlocklistPublisher(POLICY, T, false, maxEntries);
        PublisherModel model = new PublisherModel(maxEntries);
        List<Map.Entry<Blocklist, List<BlocklistEntry>>> published = new ArrayList<>();
        Instant now = T;
        for (PublisherStep step : steps) {
            now = now.plusMillis(step.millis());
            long second = now.getEpochSecond();
            SenderScore score = new SenderScore(
                    10, second, 1, second, step.listedSeconds() == 0 ? 0 : second + step.listedSeconds(), 0);
            publisher.evaluate(List.of(sender(step.origin(), score)), now);
            model.evaluate(step.origin(), score, now);
            if (step.publish()) {
                publisher.publish(now);
                model.publish(second);
                published.add(Map.entry(publisher.servedBlocklist(), model.published));
                assertThat(publisher.servedBlocklist().version()).isEqualTo(model.version);
            }
        }
        assertThat(published).allSatisfy(pair -> assertThat(pair.getKey()).containsExactlyElementsOf(pair.getValue()));
    }

    @Provide
    Arbitrary<List<PublisherStep>> steps() {
        Arbitrary<Long> millis = Arbitraries.of(0L, 200L, 700L, 1_000L, 3_000L);
        Arbitrary<IpPrefix> origins = Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.of(0L, 1L, 2L, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL))
                .as((v6, bits) -> IpPrefix.ofBits(v6, v6 ? Long.reverse(bits) : bits));
        Arbitrary<Long> listedSeconds = Arbitraries.of(0L, 1L, 2L, 5L, 20L);
        return Combinators.combine(millis, origins, listedSeconds, Arbitraries.of(true, false))
                .as(PublisherStep::new)
                .list()
                .ofMaxSize(60);
    }
}
