package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SharedLedger;
import org.junit.jupiter.api.Test;

class DroppedNodesTest {
    private static final Instant T = Instant.parse("2026-11-27T12:00:00Z");

    private final Map<Node, Integer> states = new HashMap<>(Map.of(new Node("mx1"), 3, new Node("mx2"), 5));
    private final List<ControlRecord> sent = new ArrayList<>();
    private final List<String> returns = new ArrayList<>();
    private final DroppedNodes dropped =
            new DroppedNodes(ledger(), () -> returns.add("mx1"), node -> returns.add(node.name()), Clock.systemUTC());

    /** The ledger of mx1, as far as it is needed here. */
    private SharedLedger ledger() {
        return (SharedLedger) Proxy.newProxyInstance(
                SharedLedger.class.getClassLoader(), new Class<?>[] {SharedLedger.class}, (self, method, arguments) -> {
                    return switch (method.getName()) {
                        case "ownNode" -> new Node("mx1");
                        case "nodes" -> Map.copyOf(states);
                        case "dropNode" -> CompletableFuture.completedFuture(states.remove((Node) arguments[0]));
                        default -> throw new AssertionError(method.getName());
                    };
                });
    }

    private void read(ControlRecord content) {
        dropped.read(List.of(new ControlRecord.ControlMessage(content, 7, T)));
    }

    private void write() {
        dropped.write((content, done) -> sent.add(content));
    }

    @Test
    void statesBeforeTheDrop_areDeleted_andDoNotCountAgain() {
        read(new ControlRecord.Dropped("mx2"));
        write();
        assertThat(states).containsOnlyKeys(new Node("mx1"));
        assertThat(sent).isEmpty();
        assertThat(dropped.isDropped("mx2", T.toEpochMilli())).isTrue();
        assertThat(dropped.isDropped("mx2", T.toEpochMilli() + 1)).isFalse();
        assertThat(dropped.isDropped("mx3", 0)).isFalse();
    }

    @Test
    void nodeThatCameBack_isKept() {
        read(new ControlRecord.Dropped("mx2"));
        read(new ControlRecord.Deleted("dropped/mx2"));
        write();
        assertThat(states).containsKey(new Node("mx2"));
        assertThat(dropped.isDropped("mx2", 0)).isFalse();
    }

    /** The topic has neither its record nor that this was deleted, as both were compacted away. */
    @Test
    void nodeThatCameBack_whileNothingWasRead_isKept() {
        read(new ControlRecord.Dropped("mx2"));
        read(new ControlRecord.Dropped("mx3"));
        dropped.restart((content, done) -> sent.add(content), "A");
        read(new ControlRecord.Dropped("mx3"));
        assertThat(dropped.isDropped("mx2", T.toEpochMilli())).isTrue();
        write();
        assertThat(dropped.isDropped("mx2", T.toEpochMilli())).isFalse();
        assertThat(dropped.isDropped("mx3", T.toEpochMilli())).isTrue();
        assertThat(states).containsKey(new Node("mx2"));
    }

    @Test
    void nodeThatCameBack_duringTheDeletion_isReadAgain() {
        read(new ControlRecord.Dropped("mx2"));
        write();
        assertThat(returns).isEmpty();
        read(new ControlRecord.Deleted("dropped/mx2"));
        write();
        write();
        assertThat(returns).containsExactly("mx2");
    }

    @Test
    void ownNode_takesItsRecordAway_andPushesAllAgain() {
        read(new ControlRecord.Dropped("mx1"));
        write();
        assertThat(sent).containsExactly(new ControlRecord.Deleted("dropped/mx1"));
        assertThat(returns).hasSize(1);
        assertThat(states).containsKey(new Node("mx1"));
    }

    @Test
    void drop_endsTheClaim() {
        Future<Void> unused = dropped.drop("mx2");
        write();
        assertThat(sent)
                .containsExactly(
                        new ControlRecord.Deleted("claim/mx2"),
                        new ControlRecord.Deleted("heartbeat/mx2"),
                        new ControlRecord.Dropped("mx2"));
    }
}
