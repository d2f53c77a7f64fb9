package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.decoymx.feed.MutableClock;
import org.decoymx.ledger.Node;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.PrimaryReport;
import org.junit.jupiter.api.Test;

/** Which reports are sent, and for how long some may not be. Each write is one batch, and takes no time. */
class WitnessSenderTest {
    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);
    private static final Node NODE = new Node("mx9");
    private static final int MAX_WAITING = 50_000;
    private static final int FULL_BATCHES = 10;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final MutableClock clock = new MutableClock(START);
    private final SenderTopic topic = new SenderTopic("decoymx.witnesses", "", new ClockOffset());
    private final List<ProducerRecord<byte[], byte[]>> written = new ArrayList<>();
    private final WitnessSender sender = new WitnessSender(
            NODE, topic, this::producer, () -> true, () -> "0123456789abcdef", new ClockOffset(), clock);
    private boolean isBrokerUp = true;
    private int offered;

    private MockProducer<byte[], byte[]> producer() {
        return new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public synchronized void flush() {
                while (isBrokerUp ? completeNext() : errorNext(new TimeoutException())) {
                    // all of them
                }
                written.addAll(isBrokerUp ? history() : List.of());
                clear();
            }
        };
    }

    private void offer(int reports) {
        for (int i = 0; i < reports; i++) {
            sender.offer(new PrimaryReport.Seen(IpPrefix.ofBits(false, ++offered), START.getEpochSecond(), false));
        }
    }

    /** Has some batches written, until the topic is another one. */
    private void write(int batches) throws Exception {
        int[] left = {batches};
        topic.update(new Topics.TopicInfo("A", 1, 1));
        sender.run(() -> {
            if (--left[0] == 0) {
                topic.update(new Topics.TopicInfo("B", 1, 1));
            }
        });
    }

    private void writeOne() throws Exception {
        offer(1);
        write(1);
    }

    private IpPrefix clientOf(int record) throws PoisonException {
        return StateKey.decode(written.get(record).key(), "").origin();
    }

    @Test
    void reports_areWrittenInTheirOrder_andNothingIsBehind() throws Exception {
        clock.advance(MINUTE);
        assertThat(sender.behind()).isEqualTo(MINUTE);
        offer(2);
        write(1);
        assertThat(written).hasSize(2);
        assertThat(clientOf(0)).isEqualTo(IpPrefix.ofBits(false, 1));
        assertThat(clientOf(1)).isEqualTo(IpPrefix.ofBits(false, 2));
        assertThat(sender.behind()).isZero();
        clock.advance(MINUTE);
        assertThat(sender.behind()).isEqualTo(MINUTE);
    }

    @Test
    void afterReportsWereDropped_itIsBehind_untilTheOthersNoticeAGap() throws Exception {
        writeOne();
        offer(MAX_WAITING + 1);
        assertThat(written).hasSize(1);
        clock.advance(MINUTE);
        write(FULL_BATCHES);
        assertThat(written).as("all but the dropped one").hasSize(1 + MAX_WAITING);
        assertThat(clientOf(1)).as("the oldest is dropped").isEqualTo(IpPrefix.ofBits(false, 3));
        clock.advance(WitnessSender.SURE_GAP.minus(MINUTE).minusSeconds(1));
        writeOne();
        assertThat(sender.behind()).isEqualTo(WitnessSender.SURE_GAP.minusSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        assertThat(sender.behind()).isEqualTo(WitnessSender.SURE_GAP);
        writeOne();
        assertThat(sender.behind()).isZero();
    }

    @Test
    void whileMoreAreDropped_theGapGrows() throws Exception {
        offer(MAX_WAITING + 1);
        clock.advance(WitnessSender.SURE_GAP.minus(MINUTE));
        offer(1);
        write(FULL_BATCHES);
        clock.advance(WitnessSender.SURE_GAP.minusSeconds(1));
        writeOne();
        assertThat(sender.behind())
                .isEqualTo(WitnessSender.SURE_GAP.multipliedBy(2).minus(MINUTE).minusSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        writeOne();
        assertThat(sender.behind()).isZero();
    }

    @Test
    void fullBatch_leavesOthersWaiting() throws Exception {
        offer(MAX_WAITING);
        clock.advance(MINUTE);
        write(FULL_BATCHES);
        assertThat(sender.behind()).isEqualTo(MINUTE);
        writeOne();
        assertThat(sender.behind()).isZero();
    }

    @Test
    void reports_thatTheBrokersDoNotAcknowledge_areWrittenAgain() throws Exception {
        isBrokerUp = false;
        offer(2);
        clock.advance(MINUTE);
        assertThatThrownBy(() -> write(1))
                .isInstanceOf(ExchangeException.class)
                .hasMessage("cannot write to topic decoymx.witnesses: no broker answered in time");
        assertThat(written).isEmpty();
        isBrokerUp = true;
        write(1);
        assertThat(written).hasSize(2);
        assertThat(sender.behind()).as("others may have come meanwhile").isEqualTo(MINUTE);
        writeOne();
        assertThat(sender.behind()).isZero();
    }
}
