package org.decoymx.admin.login;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.decoymx.net.IpPrefix;

/**
 * Slows down who guesses passwords. After some failures the clients of a network must wait before the next attempt,
 * each time twice as long. Thread-safe.
 */
final class LoginThrottle {
    /** Failures without a wait. */
    static final int FREE_FAILURES = 5;

    private static final int MAX_NETWORKS = 10_000;
    private static final Duration MAX_WAIT = Duration.ofMinutes(15);
    private static final int MAX_DOUBLINGS = 10;

    private final Clock clock;
    private final Map<IpPrefix, Failures> byNetwork = new LinkedHashMap<>();

    /**
     * @param clock a clock that never goes back
     */
    LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    private record Failures(int count, Instant last) {
        Duration pause() {
            return count < FREE_FAILURES
                    ? Duration.ZERO
                    : shorter(Duration.ofSeconds(1L << Math.min(MAX_DOUBLINGS, count - FREE_FAILURES)), MAX_WAIT);
        }

        private static Duration shorter(Duration one, Duration other) {
            return one.compareTo(other) < 0 ? one : other;
        }
    }

    /** How long a client must wait before the next attempt; zero if it may try now. */
    synchronized Duration remainingWait(IpPrefix client) {
        Failures failures = byNetwork.get(client.hostRange());
        if (failures == null) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(clock.instant(), failures.last().plus(failures.pause()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Records a wrong password. */
    synchronized void recordFailure(IpPrefix client) {
        IpPrefix network = client.hostRange();
        Failures before = byNetwork.remove(network);
        Instant now = clock.instant();
        int count =
                before == null || before.last().plus(MAX_WAIT.multipliedBy(2)).isBefore(now) ? 0 : before.count();
        byNetwork.put(network, new Failures(count + 1, now));
        if (byNetwork.size() > MAX_NETWORKS) {
            byNetwork.remove(byNetwork.keySet().iterator().next());
        }
    }

    /** Forgets the failures of a client that has sent the right password. */
    synchronized void recordSuccess(IpPrefix client) {
        byNetwork.remove(client.hostRange());
    }
}
