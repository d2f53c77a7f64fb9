package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Nodes that claim names in one topic, in all orders. */
abstract class ControlTopicFixture {
    private static final TopicPartition CONTROL = new TopicPartition("decoymx.control", 0);

    final List<ControlRecord.ControlMessage> topic = new ArrayList<>();
    String topicId = "A";
    int deleted;
    Instant now = Instant.ofEpochSecond(1_800_000_000);

    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

    /** A running decoy, and how far it has read. */
    final class Decoy {
        final ClockOffset offset = new ClockOffset();
        final KnownNodes nodes;
        final Claims claims;
        final Heartbeats heartbeats;
        Duration behind = Duration.ZERO;
        int read;

        Decoy(String name) {
            this(name, "0123456789abcdef");
        }

        Decoy(String name, String envelopeKey) {
            nodes = new KnownNodes(name, () -> envelopeKey);
            claims = new Claims(name, ExchangeRole.BOTH, () -> envelopeKey, offset, clock, clock);
            heartbeats = new Heartbeats(claims, nodes, () -> behind, offset, clock, clock);
            connect();
        }

        void connect() {
            read = deleted;
            nodes.restart(ControlTopicFixture.this::append, topicId);
            claims.restart(ControlTopicFixture.this::append, topicId);
        }

        void work() {
            List<ControlRecord.ControlMessage> entries = List.copyOf(topic.subList(read - deleted, topic.size()));
            nodes.read(entries);
            claims.read(entries);
            read = topic.size() + deleted;
            nodes.write(ControlTopicFixture.this::append);
            claims.write(ControlTopicFixture.this::append);
            heartbeats.write(ControlTopicFixture.this::append);
        }
    }

    void append(ControlRecord content) {
        append(content, (written, error) -> {});
    }

    private void append(ControlRecord content, BiConsumer<@Nullable RecordMetadata, @Nullable Exception> done) {
        long offset = (long) topic.size() + deleted;
        topic.add(new ControlRecord.ControlMessage(content, offset, now));
        done.accept(new RecordMetadata(CONTROL, offset, 0, now.toEpochMilli(), 0, 0), null);
    }

    void work(Decoy... decoys) {
        for (int i = 0; i < 5; i++) {
            now = now.plusSeconds(31);
            Stream.of(decoys).forEach(Decoy::work);
        }
    }
}
