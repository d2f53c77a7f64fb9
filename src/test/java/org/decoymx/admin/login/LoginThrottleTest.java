package org.decoymx.admin.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.decoymx.feed.MutableClock;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-27T00:00:00Z"));
    private final LoginThrottle throttle = new LoginThrottle(clock);

    private static IpPrefix ip(String text) {
        return IpText.parseAddress(text).orElseThrow();
    }

    private void fail(String client, int times) {
        for (int i = 0; i < times; i++) {
            throttle.recordFailure(ip(client), "maria");
        }
    }

    @Test
    void fourFailures_areFree() {
        fail("192.0.2.1", LoginThrottle.FREE_FAILURES - 1);
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isZero();
    }

    @Test
    void furtherFailures_doubleTheWait_upTo15Minutes() {
        fail("192.0.2.1", LoginThrottle.FREE_FAILURES);
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isEqualTo(Duration.ofSeconds(1));
        fail("192.0.2.1", 3);
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isEqualTo(Duration.ofSeconds(8));
        clock.advance(Duration.ofSeconds(6));
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isEqualTo(Duration.ofSeconds(2));
        clock.advance(Duration.ofSeconds(2));
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isZero();
        fail("192.0.2.1", 100);
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void checksAtTheSameTime_areLimitedForEachNetwork() {
        for (int i = 0; i < 4; i++) {
            assertThat(throttle.beginCheck(ip("192.0.2.1"))).isTrue();
        }
        assertThat(throttle.beginCheck(ip("192.0.2.1"))).isFalse();
        assertThat(throttle.beginCheck(ip("192.0.2.2"))).isTrue();
        throttle.endCheck(ip("192.0.2.1"));
        assertThat(throttle.beginCheck(ip("192.0.2.1"))).isTrue();
    }

    @Test
    void otherClients_doNotWait() {
        fail("192.0.2.1", 20);
        assertThat(throttle.remainingWait(ip("192.0.2.2"))).isZero();
    }

    @Test
    void addressesOfA48_waitTogether() {
        fail("2001:db8::1", 20);
        assertThat(throttle.remainingWait(ip("2001:db8::2"))).isPositive();
        assertThat(throttle.remainingWait(ip("2001:db8:0:1::2"))).isPositive();
        assertThat(throttle.remainingWait(ip("2001:db8:1::1"))).isZero();
    }

    @Test
    void success_forgetsNoFailuresForOtherUsers() {
        fail("192.0.2.1", LoginThrottle.FREE_FAILURES);
        throttle.recordSuccess(ip("192.0.2.1"), "peter");
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isPositive();
        throttle.recordFailure(ip("192.0.2.1"), "peter");
        throttle.recordSuccess(ip("192.0.2.1"), "maria");
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isPositive();
    }

    @Test
    void success_andHalfAnHour_areANewBeginning() {
        fail("192.0.2.1", LoginThrottle.FREE_FAILURES);
        throttle.recordSuccess(ip("192.0.2.1"), "maria");
        fail("192.0.2.1", 1);
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isZero();
        fail("192.0.2.1", 20);
        clock.advance(Duration.ofMinutes(31));
        fail("192.0.2.1", 1);
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isZero();
    }

    @Test
    void bursts_areReported_atMostEveryTenMinutes() {
        fail("192.0.2.1", LoginThrottle.FREE_FAILURES - 1);
        assertThat(throttle.recordFailure(ip("192.0.2.1"), "maria"))
                .contains("5 wrong passwords; this network must wait before further logins");
        assertThat(throttle.recordFailure(ip("192.0.2.1"), "maria")).isEmpty();
        fail("192.0.2.2", 5);
        fail("192.0.2.3", 5);
        clock.advance(Duration.ofMinutes(10));
        fail("192.0.2.1", 43);
        assertThat(throttle.recordFailure(ip("192.0.2.1"), "maria"))
                .contains("50 wrong passwords; this network must wait before further logins;"
                        + " 2 more such entries were left out");
    }

    @Test
    void manyNetworks_pushOutTheOldest() {
        fail("192.0.2.1", 20);
        for (int i = 0; i < 10_000; i++) {
            fail("10.0." + i / 256 + "." + i % 256, 1);
        }
        assertThat(throttle.remainingWait(ip("192.0.2.1"))).isZero();
        fail("10.0.39.15", LoginThrottle.FREE_FAILURES);
        assertThat(throttle.remainingWait(ip("10.0.39.15"))).isPositive();
    }
}
