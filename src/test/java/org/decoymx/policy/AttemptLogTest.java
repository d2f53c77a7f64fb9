package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.AttemptLog.Attempt;
import org.decoymx.policy.AttemptLog.AttemptKey;
import org.junit.jupiter.api.Test;

/** Compares with a list of all attempts. */
class AttemptLogTest {
    private static final int CAPACITY = 4_096;
    private static final int KEYS = 200;
    private static final List<IpPrefix> CLIENTS = List.of(
            IpText.parseAddress("192.0.2.1").orElseThrow(),
            IpText.parseAddress("255.255.255.255").orElseThrow(),
            IpText.parseAddress("2001:db8::1").orElseThrow(),
            IpText.parseHostNetwork("2001:db8::1").orElseThrow());

    private final Random random = new Random(5);
    private final AttemptLog log = new AttemptLog(CAPACITY + 1_000);
    private final List<Attempt> all = new ArrayList<>();

    private void add(long at) {
        VisitResult[] results = VisitResult.values();
        int result = random.nextInt(results.length + 1);
        Attempt attempt = new Attempt(
                CLIENTS.get(random.nextInt(CLIENTS.size())),
                at,
                random.nextInt(KEYS),
                random.nextInt(KEYS),
                result == results.length ? null : results[result]);
        log.add(attempt);
        all.add(attempt);
    }

    private List<Attempt> found(AttemptKey index, long key) {
        List<Attempt> found = new ArrayList<>();
        assertThat(log.anyMatch(index, key, attempt -> !found.add(attempt))).isFalse();
        return found;
    }

    /** The attempts with a key that are kept, the latest first. */
    private List<Attempt> expected(AttemptKey index, long key, int kept) {
        List<Attempt> expected = new ArrayList<>();
        for (int i = all.size() - 1; i >= all.size() - kept; i--) {
            Attempt attempt = all.get(i);
            if ((index == AttemptKey.PLACE ? attempt.place() : attempt.envelope()) == key) {
                expected.add(attempt);
            }
        }
        return expected;
    }

    private void assertKept(int kept) {
        assertThat(log.size()).isEqualTo(kept);
        for (AttemptKey index : AttemptKey.values()) {
            for (long key = 1; key <= KEYS; key++) {
                assertThat(found(index, key)).isEqualTo(expected(index, key, kept));
            }
            assertThat(found(AttemptKey.ENVELOPE, 0)).isEmpty();
        }
    }

    @Test
    void attempts_areFoundByBothKeys_whileTheLogGrows_andAfterItIsFull() {
        for (int i = 1; i <= 3 * CAPACITY; i++) {
            add(i);
            if (i % 1_000 == 0 || i == CAPACITY || i == CAPACITY + 1) {
                assertKept(Math.min(i, CAPACITY));
            }
        }
        assertThat(log.droppedUntil()).isEqualTo(2 * CAPACITY);
    }

    @Test
    void oldAttempts_areRemoved_andCountAsRemembered() {
        for (int i = 1; i <= 100; i++) {
            add(i);
        }
        log.removeBefore(51);
        assertKept(50);
        log.removeBefore(1_000);
        assertKept(0);
        add(2_000);
        assertKept(1);
        assertThat(log.droppedUntil()).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void search_stopsAtAMatch_orAfterAHundredSteps() {
        Attempt attempt = new Attempt(CLIENTS.get(0), 1, 7, 8, VisitResult.ASKED);
        for (int i = 0; i < 3_000; i++) {
            log.add(attempt);
        }
        assertThat(found(AttemptKey.PLACE, 7)).hasSize(100);
        List<Attempt> tested = new ArrayList<>();
        assertThat(log.anyMatch(AttemptKey.ENVELOPE, 8, tested::add)).isTrue();
        assertThat(tested).hasSize(1);
    }

    @Test
    void network_withItsShare_getsNoMore_onceTheLogIsHalfFull() {
        AttemptLog shared = new AttemptLog(1_024, true);
        for (int i = 1; i <= 1_000; i++) {
            shared.add(new Attempt(CLIENTS.get(0), i, 7, 8, VisitResult.ASKED));
        }
        assertThat(shared.size()).isEqualTo(512);
        shared.add(new Attempt(CLIENTS.get(2), 1_001, 7, 8, VisitResult.ASKED));
        assertThat(shared.size()).isEqualTo(513);
        shared.removeBefore(1_001);
        for (long i = 0; i < 600; i++) {
            shared.add(new Attempt(IpPrefix.ofBits(false, i << 16), 1_002, 7, 8, VisitResult.ASKED));
        }
        assertThat(shared.size()).isEqualTo(601);
        shared.add(new Attempt(CLIENTS.get(0), 1_003, 7, 8, VisitResult.ASKED));
        assertThat(shared.size()).as("its share is free again").isEqualTo(602);
    }
}
