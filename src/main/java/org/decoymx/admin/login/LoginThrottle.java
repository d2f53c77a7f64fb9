package org.decoymx.admin.login;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.decoymx.net.IpPrefix;

/**
 * Slows down who guesses passwords. After some failures the clients of a network (an IPv4 address or an IPv6 /48, which
 * one customer of a provider may have) must wait before the next attempt, each time twice as long. Thread-safe.
 */
final class LoginThrottle {
    /** Failures without a wait. */
    static final int FREE_FAILURES = 5;

    private static final int MAX_NETWORKS = 10_000;
    private static final int IPV6_SITE = 48;
    private static final int MAX_CHECKS = 4;
    private static final Duration MAX_WAIT = Duration.ofMinutes(15);
    private static final int MAX_DOUBLINGS = 10;
    private static final int REPORTED_FAILURES = 50;
    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(10);

    private final Clock clock;
    private final Map<IpPrefix, Failures> byNetwork = new LinkedHashMap<>();
    private final Map<IpPrefix, Integer> checks = new HashMap<>();
    private Instant nextReport = Instant.MIN;
    private int unreported;

    /**
     * @param clock a clock that never goes back
     */
    LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    /**
     * @param name the user that all of them were for; empty if they were for several
     */
    private record Failures(int count, Instant last, String name) {
        Duration pause() {
            return count < FREE_FAILURES
                    ? Duration.ZERO
                    : shorter(Duration.ofSeconds(1L << Math.min(MAX_DOUBLINGS, count - FREE_FAILURES)), MAX_WAIT);
        }

        private static Duration shorter(Duration one, Duration other) {
            return one.compareTo(other) < 0 ? one : other;
        }
    }

    static IpPrefix networkOf(IpPrefix client) {
        return client.v6() ? client.around(IPV6_SITE) : client;
    }

    /** Counts a check that runs or waits; returns false if the network has too many, so that others can log in too. */
    synchronized boolean beginCheck(IpPrefix client) {
        int running = checks.getOrDefault(networkOf(client), 0);
        if (running < MAX_CHECKS) {
            checks.put(networkOf(client), running + 1);
        }
        return running < MAX_CHECKS;
    }

    /** Ends a check that has begun. */
    synchronized void endCheck(IpPrefix client) {
        checks.computeIfPresent(networkOf(client), (network, running) -> running == 1 ? null : running - 1);
    }

    /** How long a client must wait before the next attempt; zero if it may try now. */
    synchronized Duration remainingWait(IpPrefix client) {
        Failures failures = byNetwork.get(networkOf(client));
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
    synchronized Optional<String> recordFailure(IpPrefix client, String name) {
        IpPrefix network = networkOf(client);
        Failures before = byNetwork.remove(network);
        Instant now = clock.instant();
        boolean known =
                before != null && !before.last().plus(MAX_WAIT.multipliedBy(2)).isBefore(now);
        int count = before != null && known ? before.count() + 1 : 1;
        boolean sameName = before == null || !known || before.name().equals(name);
        byNetwork.put(network, new Failures(count, now, sameName ? name : ""));
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

    /** Forgets the failures of a client that has sent the right password, unless they were for other users. */
    synchronized void recordSuccess(IpPrefix client, String name) {
        byNetwork.computeIfPresent(
                networkOf(client), (network, failures) -> failures.name().equals(name) ? null : failures);
    }
}
