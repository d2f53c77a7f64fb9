package org.decoymx.admin.login;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
    private static final int REPORTED_FAILURES = 50;
    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(10);

    private final Clock clock;
    private final Map<IpPrefix, Failures> byNetwork = new LinkedHashMap<>();
    private Instant nextReport = Instant.MIN;
    private int unreported;

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

    /**
     * Records a wrong password.
     *
     * @return what to enter into the audit log; empty for most failures, because strangers could fill it
     */
    synchronized Optional<String> recordFailure(IpPrefix client) {
        IpPrefix network = client.hostRange();
        Failures before = byNetwork.remove(network);
        Instant now = clock.instant();
        boolean known =
                before != null && !before.last().plus(MAX_WAIT.multipliedBy(2)).isBefore(now);
        int count = before != null && known ? before.count() + 1 : 1;
        byNetwork.put(network, new Failures(count, now));
        if (byNetwork.size() > MAX_NETWORKS) {
            byNetwork.remove(byNetwork.keySet().iterator().next());
        }
        return count == FREE_FAILURES || count % REPORTED_FAILURES == 0 ? report(count, now) : Optional.empty();
    }

    private Optional<String> report(int count, Instant now) {
        if (now.isBefore(nextReport)) {
            unreported++;
            return Optional.empty();
        }
        String others = unreported == 0 ? "" : "; " + unreported + " more such entries were left out";
        nextReport = now.plus(REPORT_INTERVAL);
        unreported = 0;
        return Optional.of(count + " wrong passwords; this network must wait before further logins" + others);
    }

    /** Forgets the failures of a client that has sent the right password. */
    synchronized void recordSuccess(IpPrefix client) {
        byNetwork.remove(client.hostRange());
    }
}
