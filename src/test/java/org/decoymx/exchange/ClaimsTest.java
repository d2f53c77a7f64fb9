package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClaimsTest extends ControlTopicFixture {
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
                .hasValueSatisfying(failure -> assertThat(failure.reason()).contains("decoy.exchange.node"));
        assertThat(second.claims.isOwner()).isTrue();
        first.connect();
        second.connect();
        work(second, first);
        assertThat(first.claims.isOwner()).isFalse();
        assertThat(second.claims.isOwner()).isTrue();
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
        append(new ControlRecord.Heartbeat("b", 1, 1, 0));
        work(second);
        assertThat(second.claims.isOwner()).as("it claims again what was lost").isTrue();
    }
}
