package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.decoymx.feed.MutableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Up to when this node, mx1, knows what was reported to mx2 and mx3. */
class WitnessProgressTest {
    private static final String KEY = "0123456789abcdef";
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final MutableClock clock = new MutableClock(Instant.ofEpochSecond(1_800_000_000));
    private final SenderTopic topic = new SenderTopic("decoymx.witnesses", "", new ClockOffset());
    private final KnownNodes nodes = new KnownNodes("mx1", () -> KEY);
    private final List<Instant> known = new ArrayList<>();
    private final List<Map<TopicPartition, Long>> asked = new ArrayList<>();
    private final Admin admin = admin();
    private final WitnessProgress progress =
            new WitnessProgress(topic, this::hasRead, nodes::allHeardUntil, known::add, clock);
    private boolean isRead;
    private boolean isBrokerUp = true;
    private long end = 7;

    private boolean hasRead(Map<TopicPartition, Long> ends) {
        asked.add(ends);
        return isRead;
    }

    /** Only tells where partitions end. */
    private Admin admin() {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (self, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("listOffsets");
                    Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> ends = new HashMap<>();
                    ((Map<?, ?>) arguments[0]).keySet().forEach(each -> ends.put((TopicPartition) each, endOfOne()));
                    return new ListOffsetsResult(ends);
                });
    }

    private KafkaFuture<ListOffsetsResultInfo> endOfOne() {
        return KafkaFuture.completedFuture(end).thenApply(offset -> {
            if (!isBrokerUp) {
                throw new TimeoutException();
            }
            return new ListOffsetsResultInfo(offset, -1, Optional.empty());
        });
    }

    @BeforeEach
    void findNodes() {
        topic.update(new Topics.TopicInfo("A", 2, 1));
        for (String name : List.of("mx1", "mx2", "mx3")) {
            read(new ControlRecord.Claim(name, 1, ExchangeRole.BOTH, KEY));
        }
        nodes.write((content, done) -> {});
    }

    private void read(ControlRecord content) {
        nodes.read(List.of(new ControlRecord.ControlMessage(content, 0, clock.instant())));
    }

    /** All send a heartbeat. */
    private void beat(Duration behindOfMx2, Duration behindOfMx3) {
        read(new ControlRecord.Heartbeat("mx1", 1, 0, Duration.ofHours(1).toMillis())); // it has these itself
        read(new ControlRecord.Heartbeat("mx2", 1, 0, behindOfMx2.toMillis()));
        read(new ControlRecord.Heartbeat("mx3", 1, 0, behindOfMx3.toMillis()));
    }

    private void run() {
        progress.run(admin);
        clock.advance(SECOND);
    }

    @Test
    void reports_areKnown_asFarAsTheNodeHasWrittenThatIsFurthestBehind() {
        isRead = true;
        clock.advance(Duration.ofMinutes(10));
        Instant at = clock.instant();
        beat(SECOND, Duration.ofMinutes(5));
        run();
        assertThat(known).as("nothing is asked for yet").isEmpty();
        run();
        assertThat(known).containsExactly(at.minus(Duration.ofMinutes(5)));
        TopicPartition first = new TopicPartition("decoymx.witnesses", 0);
        TopicPartition second = new TopicPartition("decoymx.witnesses", 1);
        assertThat(asked).containsExactly(Map.of(first, 7L, second, 7L));
    }

    @Test
    void reports_areKnownNoFurther_whileANodeIsCutOff() {
        isRead = true;
        beat(SECOND, SECOND);
        Instant first = clock.instant();
        run();
        for (int minutes = 1; minutes < 5; minutes++) {
            clock.advance(Duration.between(clock.instant(), first.plus(Duration.ofMinutes(minutes))));
            beat(Duration.ZERO, SECOND.plusMinutes(minutes));
            run();
        }
        assertThat(known).hasSize(4).containsOnly(first.minus(SECOND));
        beat(Duration.ZERO, Duration.ZERO);
        Instant last = clock.instant();
        run();
        run();
        assertThat(known).endsWith(last);
    }

    @Test
    void reports_areNotKnown_beforeAllIsReadThatTheTopicHad() {
        Instant heard = clock.instant();
        run();
        end = 9;
        clock.advance(Duration.ofMinutes(9));
        beat(Duration.ZERO, Duration.ZERO);
        run();
        assertThat(known).isEmpty();
        isRead = true;
        run();
        assertThat(known).as("what was heard when the end was asked for").containsExactly(heard);
        run();
        assertThat(asked).extracting(ends -> ends.values().iterator().next()).containsExactly(7L, 7L, 9L);
    }

    @Test
    void topic_isAskedAgain_afterTenMinutes() {
        run();
        end = 2;
        clock.advance(Duration.ofMinutes(10));
        run();
        run();
        assertThat(asked).extracting(ends -> ends.values().iterator().next()).containsExactly(7L, 2L);
        assertThat(known).isEmpty();
    }

    @Test
    void brokersThatDoNotAnswer_areAskedAgain() {
        isRead = true;
        isBrokerUp = false;
        Instant heard = clock.instant();
        run();
        run();
        assertThat(asked).isEmpty();
        isBrokerUp = true;
        run();
        run();
        assertThat(known).containsExactly(heard);
    }
}
