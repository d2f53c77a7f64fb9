package org.decoymx.admin.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.decoymx.admin.notify.NotifyConfig.EventKind;
import org.decoymx.feed.MutableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final Instant START = Instant.parse("2026-11-27T05:00:00Z");

    private final MutableClock clock = new MutableClock(START);
    private final List<String> attempts = new ArrayList<>();
    private @Nullable DeliveryException failure;
    private final Outbox outbox = new Outbox("webhook", Optional.of(this::attempt), clock, () -> 1);

    static Notification notification(EventKind kind, String id) {
        return new Notification(id, kind, "down", START, "mx9.example.org", "It is down", List.of(), 0, 0);
    }

    private void attempt(Notification notification) throws DeliveryException {
        attempts.add(notification.id() + (notification.omitted() == 0 ? "" : "+" + notification.omitted()));
        if (failure != null) {
            throw failure;
        }
    }

    private void add(EventKind kind, String id) {
        outbox.add(notification(kind, id));
    }

    /** The seconds at which it was tried, within this time. */
    private List<Long> triesWithin(Duration time) {
        List<Long> seconds = new ArrayList<>();
        for (Instant end = clock.instant().plus(time); clock.instant().isBefore(end); ) {
            int before = attempts.size();
            outbox.deliverNext();
            if (attempts.size() > before) {
                seconds.add(Duration.between(START, clock.instant()).toSeconds());
            }
            clock.advance(Duration.ofSeconds(1));
        }
        return seconds;
    }

    @Test
    void unreachableReceiver_isTriedAgain_atLongerIntervals_withTheSameNotification() {
        failure = new DeliveryException("connection refused", false);
        add(EventKind.PRIMARY, "a");
        assertThat(triesWithin(Duration.ofHours(1)))
                .containsExactly(0L, 2L, 6L, 14L, 30L, 62L, 126L, 254L, 510L, 1022L, 1922L, 2822L);
        assertThat(attempts).containsOnly("a");
        assertThat(outbox.failure().orElseThrow().reason()).isEqualTo("connection refused");
        assertThat(outbox.failedCount()).isEqualTo(12);

        failure = null;
        triesWithin(Outbox.MAX_DELAY);
        assertThat(outbox.deliveredCount()).isEqualTo(1);
        assertThat(outbox.failure()).isEmpty();
        assertThat(outbox.size()).isZero();
    }

    @Test
    void notifications_ofADay_areGivenUp() {
        failure = new DeliveryException("connection refused", false);
        add(EventKind.PRIMARY, "a");
        triesWithin(Outbox.MAX_AGE.plus(Outbox.MAX_DELAY).plusSeconds(1));
        assertThat(outbox.size()).isZero();
        assertThat(outbox.droppedCount()).isEqualTo(1);
    }

    @Test
    void refusedNotification_isGivenUp_andTheNextIsDelivered() {
        failure = new DeliveryException("the URL answers 400", true);
        add(EventKind.PRIMARY, "a");
        add(EventKind.DISK, "b");
        triesWithin(Duration.ofSeconds(63));
        assertThat(attempts).hasSize(Outbox.MAX_REFUSALS).containsOnly("a");
        failure = null;
        triesWithin(Duration.ofMinutes(2));
        assertThat(attempts.get(Outbox.MAX_REFUSALS)).isEqualTo("b");
        assertThat(outbox.droppedCount()).isEqualTo(1);
        assertThat(outbox.deliveredCount()).isEqualTo(1);
    }

    @Test
    void fullOutbox_leavesOutTheOldestOfTheKind_andSaysSo() {
        failure = new DeliveryException("connection refused", false);
        add(EventKind.DISK, "disk");
        for (int i = 0; i < Outbox.MAX_OF_KIND + 3; i++) {
            add(EventKind.PRIMARY, "p" + i);
        }
        assertThat(outbox.size()).isEqualTo(Outbox.MAX_OF_KIND + 1);
        assertThat(outbox.droppedCount()).isEqualTo(3);
        failure = null;
        triesWithin(Duration.ofMinutes(1));
        assertThat(attempts)
                .hasSize(Outbox.MAX_OF_KIND + 1)
                .startsWith("disk", "p3", "p4")
                .contains("p20+1", "p22+1");
    }

    @Test
    void stoppedOutbox_interruptsTheDelivery_andTriesNoMore() {
        Outbox[] stopping = new Outbox[1];
        stopping[0] = new Outbox("webhook", Optional.of(next -> stop(stopping[0])), clock, () -> 1);
        stopping[0].add(notification(EventKind.DISK, "a"));
        stopping[0].add(notification(EventKind.DISK, "b"));
        stopping[0].deliverNext();
        stopping[0].deliverNext();
        assertThat(attempts).containsExactly("interrupted: true");
        assertThat(stopping[0].failure()).isEmpty();
    }

    private void stop(Outbox outbox) throws DeliveryException {
        outbox.stop();
        attempts.add("interrupted: " + Thread.interrupted());
        throw new DeliveryException("interrupted", false);
    }

    @Test
    void topic_tellsAFewAtOnce_andOfTheRestTheLatest() {
        Topic topic = new Topic(clock.instant());
        List<String> told = new ArrayList<>();
        for (int i = 0; i < Topic.BURST + 12; i++) {
            topic.offer(notification(EventKind.PRIMARY, "n" + i), clock.instant())
                    .ifPresent(next -> told.add(next.id()));
        }
        assertThat(told).hasSize(Topic.BURST).endsWith("n5");
        assertThat(topic.hasRoom(clock.instant())).isFalse();
        clock.advance(Topic.INTERVAL);
        Notification summary = topic.release(clock.instant()).orElseThrow();
        assertThat(summary.id()).isEqualTo("n17");
        assertThat(summary.sentence()).isEqualTo("It is down (11 more before this were left out)");
        assertThat(topic.release(clock.instant())).isEmpty();
        clock.advance(Duration.ofDays(1));
        assertThat(topic.hasRoom(clock.instant())).isTrue();
    }

    @Test
    void state_thatLastsTooShort_isNotTold() {
        SettledState<Boolean> state = new SettledState<>(false, clock.instant());
        assertThat(state.update(true, clock.instant())).isFalse();
        clock.advance(SettledState.SETTLE_TIME.minusSeconds(1));
        assertThat(state.update(true, clock.instant())).isFalse();
        assertThat(state.update(false, clock.instant())).isFalse();
        clock.advance(SettledState.SETTLE_TIME);
        assertThat(state.update(true, clock.instant())).isFalse();
        clock.advance(SettledState.SETTLE_TIME);
        assertThat(state.update(true, clock.instant())).isTrue();
        assertThat(state.update(true, clock.instant())).isFalse();
    }
}
