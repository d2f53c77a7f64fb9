package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Nodes that claim names in one topic, in all orders. */
class ClaimsTest {
    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);
    private static final TopicPartition CONTROL = new TopicPartition("decoymx.control", 0);

    private final List<ControlRecord.ControlMessage> topic = new ArrayList<>();
    private String topicId = "A";
    private int deleted;
    private Instant now = START;

    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    };

    /** A running decoy, and how far it has read. */
    private final class Decoy {
        final ClockOffset offset = new ClockOffset();
        final Claims claims;
        Duration behind = Duration.ZERO;
        int read;

        Decoy(String name) {
            this(name, "0123456789abcdef");
        }

        Decoy(String name, String envelopeKey) {
            claims = new Claims(name, ExchangeRole.BOTH, () -> envelopeKey, offset, clock, clock);
            claims.setBehind(() -> behind);
            connect();
        }

        void connect() {
            read = deleted;
            claims.restart(ClaimsTest.this::append, topicId);
        }

        void work() {
            claims.read(List.copyOf(topic.subList(read - deleted, topic.size())));
            read = topic.size() + deleted;
            claims.write(ClaimsTest.this::append);
        }
    }

    private void append(ControlRecord content, java.util.function.BiConsumer<RecordMetadata, Exception> done) {
        long offset = (long) topic.size() + deleted;
        topic.add(new ControlRecord.ControlMessage(content, offset, now));
        done.accept(new RecordMetadata(CONTROL, offset, 0, now.toEpochMilli(), 0, 0), null);
    }

    private void work(Decoy... decoys) {
        for (int i = 0; i < 5; i++) {
            now = now.plusSeconds(31);
            Stream.of(decoys).forEach(Decoy::work);
        }
    }

    @Test
    void node_hasItsName_onceItReadItsClaim() {
        Decoy decoy = new Decoy("a");
        assertThat(decoy.claims.isOwner()).isFalse();
        assertThat(decoy.offset.isKnown()).isTrue();
        decoy.work();
        assertThat(decoy.claims.isOwner()).isTrue();
        assertThat(decoy.claims.problem()).isEmpty();
    }

    @Test
    void nameUsedTwice_belongsToTheLast_forGood() {
        Decoy first = new Decoy("a");
        work(first);
        Decoy second = new Decoy("a");
        work(first, second);
        assertThat(first.claims.isOwner()).isFalse();
        assertThat(first.claims.problem())
                .hasValueSatisfying(text -> assertThat(text).contains("decoy.exchange.node"));
        assertThat(second.claims.isOwner()).isTrue();
        first.connect();
        second.connect();
        work(second, first);
        assertThat(first.claims.isOwner()).isFalse();
        assertThat(second.claims.isOwner()).isTrue();
    }

    @Test
    void nodes_areHeardUntilTheFirstFallsSilent_onceAllIsRead() {
        Decoy first = new Decoy("a");
        assertThat(first.claims.allHeardUntil()).isEmpty();
        Decoy second = new Decoy("b");
        work(first, second);
        Instant silent = now;
        work(first);
        assertThat(first.claims.allHeardUntil()).hasValue(silent);
        first.connect();
        first.claims.read(topic.subList(0, 1));
        assertThat(first.claims.allHeardUntil()).isEmpty();
        work(first, second);
        assertThat(first.claims.allHeardUntil())
                .hasValueSatisfying(heard -> assertThat(heard).isAfter(silent));
    }

    @Test
    void nodeIsHeard_untilWhenItHasWrittenItsReports() {
        Decoy first = new Decoy("a");
        Decoy second = new Decoy("b");
        second.behind = Duration.ofMinutes(5);
        work(second, first);
        assertThat(first.claims.allHeardUntil()).hasValue(now.minus(second.behind));
        first.behind = Duration.ofMinutes(9); // it has these reports itself
        second.behind = Duration.ZERO;
        work(second, first);
        first.work();
        assertThat(first.claims.allHeardUntil()).hasValue(now);
    }

    @Test
    void nodeThatRestartsWhileItWasCutOff_isNotHeard_untilTheOthersNoticeIt() {
        Decoy first = new Decoy("a");
        work(first, new Decoy("b"));
        work(first);
        Instant silent = first.claims.allHeardUntil().orElseThrow();
        Decoy again = new Decoy("b");
        while (now.isBefore(silent.plus(Duration.ofMinutes(10)))) {
            work(again, first);
            assertThat(first.claims.allHeardUntil().orElseThrow()).isBetween(silent, silent.plusMillis(999));
        }
        work(again, first);
        first.work();
        assertThat(first.claims.allHeardUntil()).hasValue(now);
    }

    @Test
    void nodeThatRestartsAtOnce_isHeard() {
        Decoy first = new Decoy("a");
        work(first, new Decoy("b"));
        work(new Decoy("b"), first);
        first.work();
        assertThat(first.claims.allHeardUntil()).hasValue(now);
    }

    @Test
    void nodeWithAnotherEnvelopeKey_isNotHeard() {
        Decoy first = new Decoy("a");
        work(first, new Decoy("b", "another"));
        assertThat(first.claims.allHeardUntil()).isEmpty();
        work(first, new Decoy("b"));
        assertThat(first.claims.allHeardUntil()).isPresent();
    }

    @Test
    void silentNode_mustBeHeard_alsoAfterTheTopicIsLost_untilItIsDropped() {
        Decoy first = new Decoy("a");
        work(first, new Decoy("b"));
        first.work();
        Instant silent = first.claims.allHeardUntil().orElseThrow();
        for (String id : List.of("B", "C")) {
            topic.clear();
            topicId = id;
            first.connect();
            work(first);
            assertThat(first.claims.allHeardUntil()).hasValue(silent);
            assertThat(first.claims.nodes()).containsOnlyKeys("a", "b");
        }
        append(new ControlRecord.Dropped("b"), (written, error) -> {});
        work(first);
        assertThat(first.claims.nodes()).containsOnlyKeys("a");
        assertThat(first.claims.allHeardUntil())
                .hasValueSatisfying(heard -> assertThat(heard).isAfter(silent));
    }

    @Test
    void simultaneousClaims_leaveOneOwner() {
        Decoy first = new Decoy("a");
        Decoy second = new Decoy("a");
        work(first, second);
        assertThat(first.claims.isOwner()).isFalse();
        assertThat(second.claims.isOwner()).isTrue();
    }

    @Test
    void ownerThatComesBack_noticesTheOther() {
        Decoy first = new Decoy("a");
        work(first);
        Decoy second = new Decoy("a");
        work(second);
        first.connect();
        work(first, second);
        assertThat(first.claims.problem()).isPresent();
        assertThat(second.claims.isOwner()).isTrue();
    }

    @Test
    void restartedNode_takesItsNameBack() {
        work(new Decoy("a"));
        Decoy again = new Decoy("a");
        work(again);
        again.connect();
        work(again);
        assertThat(again.claims.isOwner()).isTrue();
    }

    @Test
    void topicCreatedAgain_isClaimedAgain_byOneOfBothOnly() {
        Decoy loser = new Decoy("a");
        work(loser);
        Decoy owner = new Decoy("a");
        Decoy other = new Decoy("b");
        work(loser, owner, other);
        topic.clear();
        topicId = "B";
        Stream.of(other, owner, loser).forEach(Decoy::connect);
        work(loser, owner, other);
        assertThat(owner.claims.isOwner()).isTrue();
        assertThat(other.claims.isOwner()).isTrue();
        assertThat(loser.claims.isOwner()).isFalse();
        assertThat(topic)
                .filteredOn(entry -> entry.content() instanceof ControlRecord.Claim)
                .hasSize(2);
    }

    @Test
    void olderLogPutBack_isClaimedAgain_withoutALoser() {
        Decoy before = new Decoy("a");
        work(before);
        List<ControlRecord.ControlMessage> copy = List.copyOf(topic);
        Decoy again = new Decoy("a");
        work(again);
        topic.clear();
        topic.addAll(copy);
        again.connect();
        work(again);
        assertThat(again.claims.isOwner()).isTrue();
        assertThat(again.claims.problem()).isEmpty();
    }

    @Test
    void compactedTopic_hasTheSameOwner() {
        Decoy first = new Decoy("a");
        work(first);
        Decoy second = new Decoy("a");
        work(second);
        deleted = topic.size();
        topic.clear();
        first.read = deleted;
        second.connect();
        topic.add(new ControlRecord.ControlMessage(new ControlRecord.Heartbeat("b", 1, 1, 0), deleted, now));
        work(second);
        assertThat(second.claims.isOwner()).as("it claims again what was lost").isTrue();
    }

    @Test
    void heartbeats_countForTheOwnerOnly() {
        Decoy first = new Decoy("a");
        Decoy other = new Decoy("b");
        work(first, other);
        Instant seen = Objects.requireNonNull(other.claims.nodes().get("a")).seenAt();
        now = now.plusSeconds(60);
        topic.add(new ControlRecord.ControlMessage(new ControlRecord.Heartbeat("a", 4_711, 0, 0), topic.size(), now));
        topic.add(new ControlRecord.ControlMessage(new ControlRecord.Heartbeat("x", 4_711, 0, 0), topic.size(), now));
        other.work();
        assertThat(Objects.requireNonNull(other.claims.nodes().get("a")).seenAt())
                .isEqualTo(seen);
        assertThat(other.claims.nodes()).containsOnlyKeys("a", "b");
        work(first, other);
        assertThat(Duration.between(
                        Objects.requireNonNull(other.claims.nodes().get("a")).seenAt(), now))
                .isLessThan(Duration.ofSeconds(40));
    }

    @Test
    void nodeHasItsName_howeverManyOthersAreClaimed() {
        for (int i = 0; i <= 100_000; i++) {
            append(
                    new ControlRecord.Claim("forged" + i, i, ExchangeRole.BOTH, "0123456789abcdef"),
                    (written, error) -> {});
        }
        Decoy decoy = new Decoy("a");
        work(decoy);
        assertThat(decoy.claims.isOwner()).isTrue();
        assertThat(decoy.claims.nodes()).hasSize(100_001).containsKey("a").doesNotContainKey("forged100000");
    }

    @Test
    void deletedNode_isUnknown() {
        Decoy first = new Decoy("a");
        work(first);
        topic.add(new ControlRecord.ControlMessage(new ControlRecord.Deleted("heartbeat/a"), topic.size(), now));
        topic.add(new ControlRecord.ControlMessage(new ControlRecord.Deleted("claim/a"), topic.size(), now));
        Decoy other = new Decoy("b");
        work(other);
        assertThat(other.claims.nodes()).containsOnlyKeys("b");
    }
}
