package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.decoymx.exchange.Topics.TopicInfo;
import org.junit.jupiter.api.Test;

class SenderTopicTest {
    private static final long T = 1_800_000_000_000L;
    private static final TopicInfo INFO = new TopicInfo("id", 3, 1);

    private final ClockOffset offset = new ClockOffset();
    private final SenderTopic topic = new SenderTopic("decoymx.senders", "", offset);

    @Test
    void topic_isReadAgain_whenTheClockWasSet() throws Exception {
        topic.update(INFO);
        offset.learn(T, T, T);
        assertThat(topic.info()).isEqualTo(INFO);
        assertThat(topic.is(INFO)).isTrue();
        offset.learn(T + 7_200_000, T, T + 7_200_000);
        assertThat(topic.is(INFO)).isFalse();
        assertThat(topic.info().id()).isNotEqualTo(INFO.id());
        assertThat(topic.info().partitions()).isEqualTo(3);
        offset.learn(T, T, T);
        assertThat(topic.is(INFO)).isTrue();
    }
}
