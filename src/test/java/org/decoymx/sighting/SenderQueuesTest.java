package org.decoymx.sighting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.junit.jupiter.api.Test;

class SenderQueuesTest {
    private static final IpPrefix ONE = IpText.parseAddress("192.0.2.1").orElseThrow();
    private static final IpPrefix TWO = IpText.parseAddress("192.0.2.2").orElseThrow();
    private static final IpPrefix THREE = IpText.parseAddress("192.0.2.3").orElseThrow();

    private final SenderQueues<String> queues = new SenderQueues<>(2, 3, "early");
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

    private boolean run(IpPrefix origin, CompletableFuture<String> answer, String name) {
        return queues.run(origin, answer, known -> ran.add(name + " " + known));
    }

    private static CompletableFuture<String> known(String answer) {
        return CompletableFuture.completedFuture(answer);
    }

    @Test
    void sendersAndSightings_areBounded() {
        CompletableFuture<String> one = new CompletableFuture<>();
        CompletableFuture<String> two = new CompletableFuture<>();
        assertThat(run(ONE, one, "1")).isTrue();
        assertThat(run(TWO, two, "2")).isTrue();
        assertThat(run(THREE, new CompletableFuture<>(), "3")).isFalse();
        assertThat(run(THREE, known("c"), "3")).isTrue();
        assertThat(run(ONE, known("b"), "4")).isTrue();
        assertThat(run(ONE, known("b"), "5")).isFalse();
        assertThat(ran).containsExactly("3 c");
        one.complete("a");
        two.complete("a");
        assertThat(ran).containsExactly("3 c", "1 a", "4 b", "2 a");
        assertThat(queues.isWaiting(ONE)).isFalse();
        assertThat(run(ONE, new CompletableFuture<>(), "6")).isTrue();
    }

    @Test
    void released_getTheFallback_inTheirOrder() {
        run(ONE, new CompletableFuture<>(), "1");
        run(ONE, new CompletableFuture<>(), "2");
        run(TWO, new CompletableFuture<>(), "3");
        queues.release(ONE);
        queues.release(THREE);
        assertThat(ran).containsExactly("1 early", "2 early");
        queues.stop();
        assertThat(ran).endsWith("3 early");
        assertThat(run(ONE, new CompletableFuture<>(), "4")).isFalse();
        assertThat(run(ONE, known("a"), "5")).isTrue();
    }

    /** Answers come on other threads, in any order, while further sightings arrive. */
    @Test
    void order_isKept_whileOtherThreadsAnswer() {
        SenderQueues<String> many = new SenderQueues<>(1, 10_000, "early");
        List<CompletableFuture<String>> answers = IntStream.range(0, 10_000)
                .mapToObj(i -> new CompletableFuture<String>())
                .toList();
        CompletableFuture<?> forward =
                CompletableFuture.runAsync(() -> answers.forEach(answer -> answer.complete("a")));
        CompletableFuture<?> backward = CompletableFuture.runAsync(() ->
                IntStream.range(0, 10_000).forEach(i -> answers.get(9_999 - i).complete("a")));
        for (int i = 0; i < answers.size(); i++) {
            String name = Integer.toString(i);
            assertThat(many.run(ONE, answers.get(i), known -> ran.add(name))).isTrue();
        }
        CompletableFuture.allOf(forward, backward).join();
        CompletableFuture<?> last = new CompletableFuture<>();
        assertThat(many.run(ONE, known("a"), known -> last.complete(null))).isTrue();
        last.join();
        assertThat(ran)
                .isEqualTo(
                        IntStream.range(0, 10_000).mapToObj(Integer::toString).toList());
    }
}
