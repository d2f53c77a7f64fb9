package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.decoymx.ledger.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrimaryVisitsTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    private final PrimaryVisits witnesses = new PrimaryVisits(Duration.ofHours(36));

    private static Origin origin(String address) {
        return Origin.parse(address).orElseThrow();
    }

    private static Instant hour(double hours) {
        return T.plusMillis(Math.round(hours * 3_600_000));
    }

    @ParameterizedTest
    @CsvSource({
        // seen at a primary at 0 h and 30 h; the session
        "-0.001, false",
        "0, true",
        "0.0001, true",
        "29, true",
        "30, true",
        "66, true",
        "66.001, false"
    })
    void session_countsByTheTimeOfTheLatestSight(double session, boolean exempt) {
        witnesses.recordVisit(origin("192.0.2.1"), hour(0));
        witnesses.recordVisit(origin("192.0.2.1"), hour(30));
        assertThat(witnesses.wasSeenBefore(origin("192.0.2.1"), hour(session))).isEqualTo(exempt);
    }

    @Test
    void sightWithinTheSameSecond_counts() {
        witnesses.recordVisit(origin("192.0.2.1"), T.plusMillis(900));
        assertThat(witnesses.wasSeenBefore(origin("192.0.2.1"), T.plusMillis(100)))
                .isTrue();
    }

    @Test
    void neighbours_areExempt_andWhoIsBesideThemIsNot() {
        witnesses.recordVisit(origin("192.0.2.1"), hour(0));
        witnesses.recordVisit(origin("2001:db8::1"), hour(0));
        for (String near : new String[] {"192.0.2.0", "192.0.2.255", "2001:db8::ffff:1"}) {
            assertThat(witnesses.wasSeenBefore(origin(near), hour(1))).as(near).isTrue();
        }
        for (String beside : new String[] {"192.0.1.255", "192.0.3.0", "2001:db8:0:1::1", "0.0.0.1"}) {
            assertThat(witnesses.wasSeenBefore(origin(beside), hour(1)))
                    .as(beside)
                    .isFalse();
        }
        assertThat(witnesses.find(origin("192.0.2.2"))).isEmpty();
        assertThat(witnesses.find(origin("2001:db8::2"))).contains(new PrimaryVisits.VisitPeriod(hour(0), hour(0)));
    }

    @Test
    void recordedAsListed_saysNothingOfItsNeighbours() {
        witnesses.recordVisit(origin("192.0.2.1"), hour(0), true);
        assertThat(witnesses.wasSeenBefore(origin("192.0.2.1"), hour(1))).isTrue();
        assertThat(witnesses.wasSeenBefore(origin("192.0.2.2"), hour(1))).isFalse();
        assertThat(witnesses.find(origin("192.0.2.1"))).isPresent();
    }

    @Test
    void earlierTime_isTakenWithinTheWindow_andIgnoredBefore() {
        Origin origin = origin("192.0.2.1");
        witnesses.recordVisit(origin, hour(100));
        witnesses.recordVisit(origin, hour(60));
        assertThat(witnesses.find(origin)).contains(new PrimaryVisits.VisitPeriod(hour(100), hour(100)));
        witnesses.recordVisit(origin, hour(64));
        assertThat(witnesses.find(origin)).contains(new PrimaryVisits.VisitPeriod(hour(64), hour(100)));
        witnesses.recordVisit(origin, hour(137));
        assertThat(witnesses.find(origin)).contains(new PrimaryVisits.VisitPeriod(hour(137), hour(137)));
    }

    @Test
    void timesThatCannotBeTold_doNoHarm() {
        witnesses.recordVisit(origin("192.0.2.1"), Instant.MIN);
        witnesses.recordVisit(origin("192.0.2.1"), Instant.MAX);
        assertThat(witnesses.wasSeenBefore(origin("192.0.2.1"), T)).isFalse();
        assertThat(witnesses.recordedCount()).isEqualTo(2);
    }

    @Test
    void unseenForLong_isForgotten_byTheLongerOfWindowAndWeek() {
        assertThat(witnesses.retention()).isEqualTo(Duration.ofDays(8));
        assertThat(new PrimaryVisits(Duration.ofDays(20)).retention()).isEqualTo(Duration.ofDays(21));
        witnesses.recordVisit(origin("192.0.2.1"), hour(0));
        witnesses.recordVisit(origin("198.51.100.1"), hour(1));
        witnesses.takeChanges(10);
        witnesses.removeExpired(hour(192));
        assertThat(witnesses.hasChanges()).isFalse();
        witnesses.removeExpired(hour(192.5));
        assertThat(witnesses.find(origin("192.0.2.1"))).isEmpty();
        assertThat(witnesses.wasSeenBefore(origin("192.0.2.2"), hour(1))).isFalse();
        assertThat(witnesses.size()).isEqualTo(1);
        PrimaryVisits.VisitChanges changes = witnesses.takeChanges(10);
        assertThat(changes.addresses().rows()).isEmpty();
        assertThat(changes.addresses().removedBefore()).isEqualTo(hour(0.5).getEpochSecond());
    }

    @Test
    void tooMany_theTenthUnseenForLongestGoes_andNobodyElse() {
        PrimaryVisits few = new PrimaryVisits(Duration.ofHours(36), 100);
        for (int i = 0; i < 100; i++) {
            few.recordVisit(new Origin(i % 2 == 0, (long) i << 8), T.plusSeconds(i));
        }
        few.takeChanges(1_000);
        few.recordVisit(new Origin(false, 1_000 << 8), T.plusSeconds(1_000));
        assertThat(few.size()).isEqualTo(91);
        assertThat(few.evictedCount()).isEqualTo(10);
        assertThat(few.find(new Origin(false, 9 << 8))).isEmpty();
        assertThat(few.find(new Origin(true, 10 << 8))).isPresent();
        assertThat(few.takeChanges(1_000).addresses().rows()).hasSize(1);
    }

    @Test
    void tooMany_ofTheSameSecond_onlyATenthGoes() {
        PrimaryVisits few = new PrimaryVisits(Duration.ofHours(36), 100);
        for (int i = 0; i <= 100; i++) {
            few.recordVisit(new Origin(true, i), T);
        }
        assertThat(few.size()).isEqualTo(91);
        for (int i = 0; i < 10_000; i++) {
            few.recordVisit(new Origin(i % 3 == 0, (long) i << 8), T.plusSeconds(i));
            assertThat(few.size()).isLessThanOrEqualTo(100);
        }
        PrimaryVisits.VisitChanges all = few.takeChanges(100_000);
        assertThat(all.addresses().rows()).hasSizeLessThanOrEqualTo(100);
        assertThat(few.hasChanges()).isFalse();
    }

    @Test
    void whoIsForgotten_isNotGivenBack() {
        witnesses.recordVisit(origin("192.0.2.1"), hour(0));
        PrimaryVisits.VisitChanges changes = witnesses.takeChanges(10);
        witnesses.removeExpired(hour(1_000));
        witnesses.restoreChanges(changes);
        assertThat(witnesses.takeChanges(10).addresses().rows()).isEmpty();
    }

    @Test
    void whatWasWritten_isPutTogetherWithWhatIsKnownSince() {
        Origin near = origin("192.0.2.1");
        witnesses.recordVisit(near, hour(40));
        witnesses.load(false, near, hour(0).getEpochSecond(), hour(10).getEpochSecond());
        assertThat(witnesses.find(near)).contains(new PrimaryVisits.VisitPeriod(hour(0), hour(40)));
        Origin far = origin("192.0.2.2");
        witnesses.recordVisit(far, hour(50));
        witnesses.load(false, far, hour(0).getEpochSecond(), hour(10).getEpochSecond());
        assertThat(witnesses.find(far)).contains(new PrimaryVisits.VisitPeriod(hour(50), hour(50)));
    }
}
