package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Tier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnRecordsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private final OwnRecords own = new OwnRecords(ControlRecord.Decided.TYPE, "a", Clock.fixed(NOW, ZoneOffset.UTC));
    private final List<ControlRecord> topic = new ArrayList<>();
    private final List<BiConsumer<RecordMetadata, Exception>> answers = new ArrayList<>();
    private List<ControlRecord> wanted = List.of();

    @BeforeEach
    void start() {
        own.restart();
    }

    private static ControlRecord decided(int sender, long at, String node) {
        return new ControlRecord.Decided(
                IpPrefix.ofBits(false, sender), new ManualDecision(Tier.NONE, at, 0, "", node));
    }

    private void write() {
        own.write(
                (content, done) -> {
                    topic.add(content);
                    answers.add(done);
                },
                () -> wanted);
    }

    private void read(ControlRecord... records) {
        List<ControlRecord.ControlMessage> entries = new ArrayList<>();
        for (ControlRecord content : records) {
            entries.add(new ControlRecord.ControlMessage(content, entries.size(), NOW));
        }
        own.read(entries);
    }

    private void change(ControlRecord... records) {
        wanted = List.of(records);
        own.changed();
        write();
    }

    @Test
    void record_isWrittenOnce() {
        change(decided(1, 1, "a"));
        change(decided(1, 1, "a"));
        read(decided(1, 1, "a"));
        change(decided(1, 1, "a"));
        assertThat(topic).containsExactly(decided(1, 1, "a"));
    }

    @Test
    void record_isWrittenAgain_ifItChanges_orWasNotWritten_orTheTopicWasLost() {
        change(decided(1, 1, "a"));
        change(decided(1, 2, "a"));
        assertThat(topic).containsExactly(decided(1, 1, "a"), decided(1, 2, "a"));
        answers.get(1).accept(null, new IllegalStateException());
        write();
        assertThat(topic).hasSize(3).last().isEqualTo(decided(1, 2, "a"));
        read(decided(1, 1, "a"), decided(1, 2, "a"));
        own.restart();
        write();
        assertThat(topic).hasSize(4).last().isEqualTo(decided(1, 2, "a"));
    }

    @Test
    void record_thatIsNotWanted_isDeletedOnce_butNotThatOfAnotherNode() {
        read(decided(1, 1, "a"), decided(2, 1, "b"), new ControlRecord.Heartbeat("a", 1, 1, 0));
        change();
        change();
        ControlRecord deleted = new ControlRecord.Deleted(decided(1, 1, "a").key());
        assertThat(topic).containsExactly(deleted);
        read(deleted);
        change();
        assertThat(topic).hasSize(1);
        change(decided(1, 3, "a"));
        assertThat(topic).last().isEqualTo(decided(1, 3, "a"));
    }

    @Test
    void record_thatIsNotWanted_stays_ifItIsNotDeletable() {
        read(decided(1, 1, "a"), decided(2, 1, "a"));
        own.write((content, done) -> topic.add(content), List::of, content -> content.equals(decided(2, 1, "a")));
        assertThat(topic)
                .containsExactly(new ControlRecord.Deleted(decided(2, 1, "a").key()));
    }

    @Test
    void recordsThatOthersWroteInItsName_areBounded() {
        for (int i = 0; i < 60_000; i++) {
            read(decided(i, 1, "a"));
        }
        change();
        assertThat(topic).hasSize(50_000);
    }
}
