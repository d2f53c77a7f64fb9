package org.decoymx.listing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import org.decoymx.conversation.Trait;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Sender;
import org.decoymx.policy.Policy;
import org.junit.jupiter.api.Test;

class PublisherTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration TTL = Duration.ofHours(1);

    private final Publisher publisher = new Publisher(new Policy(false, TTL, List.of()), T.plusMillis(500));

    private static Sender caught(String address, Instant at, long sessions) {
        Origin origin = Origin.parse(address).orElseThrow();
        Score score = new Score(
                10, at.getEpochSecond(), 1, at.getEpochSecond(), at.plus(TTL).getEpochSecond());
        return new Sender(origin, T, at, sessions, 1, EnumSet.noneOf(Trait.class), List.of(score));
    }

    private void judge(String address, Instant at) {
        publisher.judge(List.of(caught(address, at, 1)), at);
    }

    private List<String> listed() {
        return publisher.current().entries().stream()
                .map(entry -> entry.origin().toString())
                .toList();
    }

    @Test
    void listing_atStart_isEmptyAndOfAWholeSecond() {
        assertThat(publisher.current()).isEqualTo(new Listing(T.getEpochSecond(), T, false, List.of()));
    }

    @Test
    void sender_judged_showsWithTheNextSecond() {
        judge("192.0.2.1", T.plusMillis(600));
        publisher.publish(T.plusMillis(900));
        assertThat(listed()).isEmpty();
        publisher.publish(T.plusMillis(1_100));
        assertThat(listed()).containsExactly("192.0.2.1");
        assertThat(publisher.current().modified()).isEqualTo(T.plusSeconds(1));
        assertThat(publisher.current().version()).isEqualTo(T.getEpochSecond() + 1);
    }

    @Test
    void versions_ofTwoChanges_areAWholeSecondApart() {
        judge("192.0.2.2", T);
        publisher.publish(T.plusMillis(1_000));
        judge("192.0.2.1", T.plusMillis(1_001));
        publisher.publish(T.plusMillis(1_200));
        assertThat(listed()).containsExactly("192.0.2.2");
        publisher.publish(T.plusMillis(2_000));
        assertThat(listed()).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(publisher.current().modified()).isEqualTo(T.plusSeconds(2));
    }

    @Test
    void nothing_changed_publishesNothing() {
        judge("192.0.2.1", T);
        publisher.publish(T.plusSeconds(1));
        Listing before = publisher.current();
        publisher.publish(T.plusSeconds(5));
        publisher.judge(List.of(caught("192.0.2.1", T, 1)), T.plusSeconds(6));
        publisher.publish(T.plusSeconds(7));
        assertThat(publisher.current()).isSameAs(before);
    }

    @Test
    void sender_caughtAgain_isRenewed() {
        judge("192.0.2.1", T);
        publisher.publish(T.plusSeconds(1));
        judge("192.0.2.1", T.plusSeconds(60));
        publisher.publish(T.plusSeconds(61));
        publisher.publish(T.plus(TTL).plusSeconds(1));
        assertThat(listed()).containsExactly("192.0.2.1");
        publisher.publish(T.plus(TTL).plusSeconds(60));
        assertThat(listed()).isEmpty();
    }

    @Test
    void sender_whoseTimeIsOver_isDroppedAtThatMoment() {
        judge("192.0.2.1", T);
        judge("192.0.2.2", T.plusSeconds(10));
        publisher.publish(T.plusSeconds(11));
        publisher.publish(T.plus(TTL).minusMillis(1));
        assertThat(listed()).containsExactly("192.0.2.1", "192.0.2.2");
        publisher.publish(T.plus(TTL));
        assertThat(listed()).containsExactly("192.0.2.2");
        assertThat(publisher.current().modified()).isEqualTo(T.plus(TTL));
    }

    @Test
    void sender_judgedOtherwise_isDropped() {
        judge("192.0.2.1", T);
        publisher.publish(T.plusSeconds(1));
        publisher.judge(List.of(caught("192.0.2.1", T, 1)), T.plus(TTL));
        publisher.publish(T.plus(TTL));
        assertThat(listed()).isEmpty();
    }

    @Test
    void clock_goingBack_neverLowersTheVersion() {
        judge("192.0.2.1", T);
        publisher.publish(T.plusSeconds(100));
        judge("192.0.2.2", T.plusSeconds(98));
        publisher.publish(T.plusSeconds(99));
        assertThat(publisher.current().modified()).isEqualTo(T.plusSeconds(100));
        publisher.publish(T.plusSeconds(101));
        assertThat(listed()).containsExactly("192.0.2.1", "192.0.2.2");
    }

    @Test
    void listing_published_cannotBeChanged() {
        judge("192.0.2.1", T);
        publisher.publish(T.plusSeconds(1));
        Listing kept = publisher.current();
        judge("192.0.2.2", T.plusSeconds(2));
        publisher.publish(T.plusSeconds(3));
        assertThat(kept.entries()).hasSize(1).isUnmodifiable();
    }

    @Test
    void clock_setBack_doesNotStopTheListing() {
        judge("192.0.2.1", T);
        publisher.publish(T.plusSeconds(100));
        judge("192.0.2.2", T);
        publisher.publish(T.plusSeconds(5));
        assertThat(listed()).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(publisher.current().modified()).isEqualTo(T.plusSeconds(101));
    }

    @Test
    void sender_seenAgainButNotCaught_isListedNoLonger() {
        judge("192.0.2.1", T);
        judge("192.0.2.2", T.plusSeconds(60));
        publisher.judge(List.of(caught("192.0.2.1", T, 1)), T.plusSeconds(120));
        publisher.publish(T.plusSeconds(121));
        publisher.publish(T.plus(TTL));
        assertThat(listed()).containsExactly("192.0.2.2");
    }
}
