package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrimaryVisitsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final PrimaryVisits visits = new PrimaryVisits(Duration.ofHours(36));

    private static IpPrefix origin(String address) {
        return IpText.parseHostNetwork(address).orElseThrow();
    }

    private static Instant hour(double hours) {
        return START.plusMillis(Math.round(hours * 3_600_000));
    }

    @ParameterizedTest
    @CsvSource({
        // hour of the session; visits at 0 h and 30 h
        "-0.0031, false",
        "-0.0027, true",
        "0, true",
        "0.0001, true",
        "29, true",
        "30, true",
        "66, true",
        "66.001, false"
    })
    void session_isExemptWithinTheWindowAfterTheLatestVisit(double session, boolean exempt) {
        visits.recordVisit(origin("192.0.2.1"), hour(0));
        visits.recordVisit(origin("192.0.2.1"), hour(30));
        assertThat(visits.wasSeenBefore(origin("192.0.2.1"), hour(session))).isEqualTo(exempt);
    }

    @Test
    void visitInTheSameSecond_exempts() {
        visits.recordVisit(origin("192.0.2.1"), START.plusMillis(900));
        assertThat(visits.wasSeenBefore(origin("192.0.2.1"), START.plusMillis(100)))
                .isTrue();
    }

    @Test
    void sameNetwork_isExempt_andAdjacentNetworksAreNot() {
        visits.recordVisit(origin("192.0.2.1"), hour(0));
        visits.recordVisit(origin("2001:db8::1"), hour(0));
        for (String sameNetwork : new String[] {"192.0.2.0", "192.0.2.255", "2001:db8::ffff:1"}) {
            assertThat(visits.wasSeenBefore(origin(sameNetwork), hour(1)))
                    .as(sameNetwork)
                    .isTrue();
        }
        for (String adjacent : new String[] {"192.0.1.255", "192.0.3.0", "2001:db8:0:1::1", "0.0.0.1"}) {
            assertThat(visits.wasSeenBefore(origin(adjacent), hour(1)))
                    .as(adjacent)
                    .isFalse();
        }
        assertThat(visits.find(origin("192.0.2.2"))).isEmpty();
        assertThat(visits.find(origin("2001:db8::2"))).contains(new PrimaryVisits.VisitPeriod(hour(0), hour(0)));
    }

    @Test
    void visitOfListedSender_doesNotExemptItsNetwork() {
        visits.recordVisit(origin("192.0.2.1"), hour(0), true);
        assertThat(visits.wasSeenBefore(origin("192.0.2.1"), hour(1))).isTrue();
        assertThat(visits.wasSeenBefore(origin("192.0.2.2"), hour(1))).isFalse();
        assertThat(visits.find(origin("192.0.2.1"))).isPresent();
    }

    @Test
    void earlierVisit_extendsTheInterval_onlyWithinTheWindow() {
        IpPrefix origin = origin("192.0.2.1");
        visits.recordVisit(origin, hour(100));
        visits.recordVisit(origin, hour(60));
        assertThat(visits.find(origin)).contains(new PrimaryVisits.VisitPeriod(hour(100), hour(100)));
        visits.recordVisit(origin, hour(64));
        assertThat(visits.find(origin)).contains(new PrimaryVisits.VisitPeriod(hour(64), hour(100)));
        visits.recordVisit(origin, hour(137));
        assertThat(visits.find(origin)).contains(new PrimaryVisits.VisitPeriod(hour(137), hour(137)));
    }

    @Test
    void timesOutOfRange_areHandled() {
        visits.recordVisit(origin("192.0.2.1"), Instant.MIN);
        visits.recordVisit(origin("192.0.2.1"), Instant.MAX);
        assertThat(visits.wasSeenBefore(origin("192.0.2.1"), START)).isFalse();
        assertThat(visits.recordedCount()).isEqualTo(2);
    }

    @Test
    void oldVisits_areRemoved_afterTheLongerOfWindowAndWeek() {
        assertThat(visits.retention()).isEqualTo(Duration.ofDays(8));
        assertThat(new PrimaryVisits(Duration.ofDays(20)).retention()).isEqualTo(Duration.ofDays(21));
        visits.recordVisit(origin("192.0.2.1"), hour(0));
        visits.recordVisit(origin("198.51.100.1"), hour(1));
        visits.takeChanges(10);
        visits.removeExpired(hour(192));
        assertThat(visits.hasChanges()).isFalse();
        visits.removeExpired(hour(192.5));
        assertThat(visits.find(origin("192.0.2.1"))).isEmpty();
        assertThat(visits.wasSeenBefore(origin("192.0.2.2"), hour(1))).isFalse();
        assertThat(visits.size()).isEqualTo(1);
        PrimaryVisits.VisitChanges changes = visits.takeChanges(10);
        assertThat(changes.addresses().rows()).isEmpty();
        assertThat(changes.addresses().removedBefore()).isEqualTo(hour(0.5).getEpochSecond());
    }

    @Test
    void fullMap_evictsExactlyTheLeastRecentTenth() {
        PrimaryVisits small = new PrimaryVisits(Duration.ofHours(36), 100);
        for (int i = 0; i < 100; i++) {
            small.recordVisit(IpPrefix.ofBits(i % 2 == 0, (long) i << 8), START.plusSeconds(i));
        }
        small.takeChanges(1_000);
        small.recordVisit(IpPrefix.ofBits(false, 1_000 << 8), START.plusSeconds(1_000));
        assertThat(small.size()).isEqualTo(91);
        assertThat(small.evictedCount()).isEqualTo(10);
        assertThat(small.find(IpPrefix.ofBits(false, 9 << 8))).isEmpty();
        assertThat(small.find(IpPrefix.ofBits(true, 10 << 8))).isPresent();
        assertThat(small.takeChanges(1_000).addresses().rows()).hasSize(1);
    }

    @Test
    void fullMap_withEqualTimes_evictsOnlyATenth() {
        PrimaryVisits small = new PrimaryVisits(Duration.ofHours(36), 100);
        for (int i = 0; i <= 100; i++) {
            small.recordVisit(IpPrefix.ofBits(true, i), START);
        }
        assertThat(small.size()).isEqualTo(91);
        for (int i = 0; i < 10_000; i++) {
            small.recordVisit(IpPrefix.ofBits(i % 3 == 0, (long) i << 8), START.plusSeconds(i));
            assertThat(small.size()).isLessThanOrEqualTo(100);
        }
        PrimaryVisits.VisitChanges all = small.takeChanges(100_000);
        assertThat(all.addresses().rows()).hasSizeLessThanOrEqualTo(100);
        assertThat(small.hasChanges()).isFalse();
    }

    @Test
    void removedSender_isNotRestored() {
        visits.recordVisit(origin("192.0.2.1"), hour(0));
        PrimaryVisits.VisitChanges changes = visits.takeChanges(10);
        visits.removeExpired(hour(1_000));
        visits.restoreChanges(changes);
        assertThat(visits.takeChanges(10).addresses().rows()).isEmpty();
    }

    @Test
    void loadedRow_isMergedWithNewerVisits() {
        IpPrefix sameNetwork = origin("192.0.2.1");
        visits.recordVisit(sameNetwork, hour(40));
        visits.load(false, sameNetwork, hour(0).getEpochSecond(), hour(10).getEpochSecond());
        assertThat(visits.find(sameNetwork)).contains(new PrimaryVisits.VisitPeriod(hour(0), hour(40)));
        IpPrefix distant = origin("192.0.2.2");
        visits.recordVisit(distant, hour(50));
        visits.load(false, distant, hour(0).getEpochSecond(), hour(10).getEpochSecond());
        assertThat(visits.find(distant)).contains(new PrimaryVisits.VisitPeriod(hour(50), hour(50)));
    }
}
