package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which nodes there are, and up to when they are heard, with what {@link Heartbeats} writes. */
class KnownNodesTest extends ControlTopicFixture {
    @Test
    void nodes_areHeardUntilTheFirstFallsSilent_onceAllIsRead() {
        Decoy first = new Decoy("a");
        assertThat(first.nodes.allHeardUntil()).isEmpty();
        Decoy second = new Decoy("b");
        work(first, second);
        Instant silent = now;
        work(first);
        assertThat(first.nodes.allHeardUntil()).hasValue(silent);
        first.connect();
        first.nodes.read(topic.subList(0, 1));
        assertThat(first.nodes.allHeardUntil()).isEmpty();
        work(first, second);
        assertThat(first.nodes.allHeardUntil())
                .hasValueSatisfying(heard -> assertThat(heard).isAfter(silent));
    }

    @Test
    void nodeIsHeard_untilWhenItHasWrittenItsReports() {
        Decoy first = new Decoy("a");
        Decoy second = new Decoy("b");
        second.behind = Duration.ofMinutes(5);
        work(second, first);
        assertThat(first.nodes.allHeardUntil()).hasValue(now.minus(second.behind));
        first.behind = Duration.ofMinutes(9); // it has these reports itself
        second.behind = Duration.ZERO;
        work(second, first);
        first.work();
        assertThat(first.nodes.allHeardUntil()).hasValue(now);
    }

    @Test
    void nodeThatRestartsWhileItWasCutOff_isNotHeard_untilTheOthersNoticeIt() {
        Decoy first = new Decoy("a");
        work(first, new Decoy("b"));
        work(first);
        Instant silent = first.nodes.allHeardUntil().orElseThrow();
        Decoy again = new Decoy("b");
        while (now.isBefore(silent.plus(Duration.ofMinutes(10)))) {
            work(again, first);
            assertThat(first.nodes.allHeardUntil().orElseThrow()).isBetween(silent, silent.plusMillis(999));
        }
        work(again, first);
        first.work();
        assertThat(first.nodes.allHeardUntil()).hasValue(now);
    }

    @Test
    void nodeThatRestartsAtOnce_isHeard() {
        Decoy first = new Decoy("a");
        work(first, new Decoy("b"));
        work(new Decoy("b"), first);
        first.work();
        assertThat(first.nodes.allHeardUntil()).hasValue(now);
    }

    @Test
    void nodeWithAnotherEnvelopeKey_isNotHeard() {
        Decoy first = new Decoy("a");
        work(first, new Decoy("b", "another"));
        assertThat(first.nodes.allHeardUntil()).isEmpty();
        work(first, new Decoy("b"));
        assertThat(first.nodes.allHeardUntil()).isPresent();
    }

    @Test
    void silentNode_mustBeHeard_alsoAfterTheTopicIsLost_untilItIsDropped() {
        Decoy first = new Decoy("a");
        work(first, new Decoy("b"));
        first.work();
        Instant silent = first.nodes.allHeardUntil().orElseThrow();
        for (String id : List.of("B", "C")) {
            topic.clear();
            topicId = id;
            first.connect();
            work(first);
            assertThat(first.nodes.allHeardUntil()).hasValue(silent);
            assertThat(first.nodes.nodes()).containsOnlyKeys("a", "b");
        }
        append(new ControlRecord.Dropped("b"));
        work(first);
        assertThat(first.nodes.nodes()).containsOnlyKeys("a");
        assertThat(first.nodes.allHeardUntil())
                .hasValueSatisfying(heard -> assertThat(heard).isAfter(silent));
    }

    @Test
    void heartbeats_countForTheOwnerOnly() {
        Decoy first = new Decoy("a");
        Decoy other = new Decoy("b");
        work(first, other);
        Instant seen = Objects.requireNonNull(other.nodes.nodes().get("a")).seenAt();
        now = now.plusSeconds(60);
        append(new ControlRecord.Heartbeat("a", 4_711, 0, 0));
        append(new ControlRecord.Heartbeat("x", 4_711, 0, 0));
        other.work();
        assertThat(Objects.requireNonNull(other.nodes.nodes().get("a")).seenAt())
                .isEqualTo(seen);
        assertThat(other.nodes.nodes()).containsOnlyKeys("a", "b");
        work(first, other);
        assertThat(Duration.between(
                        Objects.requireNonNull(other.nodes.nodes().get("a")).seenAt(), now))
                .isLessThan(Duration.ofSeconds(40));
    }

    @Test
    void nodeHasItsName_howeverManyOthersAreClaimed() {
        for (int i = 0; i <= 100_000; i++) {
            append(new ControlRecord.Claim("forged" + i, i, ExchangeRole.BOTH, "0123456789abcdef"));
        }
        Decoy decoy = new Decoy("a");
        work(decoy);
        assertThat(decoy.claims.isOwner()).isTrue();
        assertThat(decoy.nodes.nodes()).hasSize(100_001).containsKey("a").doesNotContainKey("forged100000");
    }

    @Test
    void deletedNode_isUnknown() {
        Decoy first = new Decoy("a");
        work(first);
        append(new ControlRecord.Deleted("heartbeat/a"));
        append(new ControlRecord.Deleted("claim/a"));
        Decoy other = new Decoy("b");
        work(other);
        assertThat(other.nodes.nodes()).containsOnlyKeys("b");
    }
}
