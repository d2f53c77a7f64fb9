package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrimaryVisitsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final PrimaryVisits visits = new PrimaryVisits();

    private static IpPrefix origin(String address) {
        return IpText.parseHostNetwork(address).orElseThrow();
    }

    private static Instant hour(double hours) {
        return START.plusMillis(Math.round(hours * 3_600_000));
    }

    private boolean remembersNetwork() {
        return visits.remembersNetwork(IpText.parseNetwork("192.0.2.0/24"));
    }

    @Test
    void network_isRemembered_asLongAsItsLastVisit() {
        visits.recordVisit(origin("192.0.2.1"), hour(0), false);
        visits.recordVisit(origin("192.0.2.200"), hour(30), false);
        visits.recordVisit(origin("2001:db8::1"), hour(30), false);
        visits.removeExpired(hour(8 * 24 + 29));
        assertThat(remembersNetwork()).isTrue();
        assertThat(visits.remembersNetwork(IpText.parseNetwork("2001:db8::/64")))
                .isTrue();
        assertThat(visits.remembersNetwork(IpText.parseNetwork("2001:db8:0:1::/64")))
                .isFalse();
        visits.removeExpired(hour(8 * 24 + 31));
        assertThat(remembersNetwork()).isFalse();
        assertThat(visits.remembersNetwork(IpText.parseNetwork("2001:db8::/64")))
                .isFalse();
    }

    @Test
    void visitWhileTheClockWasAhead_wasWhenItIsRight() {
        IpPrefix v6 = origin("2001:db8::1");
        visits.recordVisit(origin("192.0.2.1"), hour(-10), false);
        visits.recordVisit(origin("192.0.2.1"), hour(20), false);
        visits.recordVisit(v6, hour(2_400), false);
        visits.recordAccepted(v6, hour(2_400));
        visits.recordVisit(origin("192.0.2.2"), hour(1), false);
        visits.takeChanges(10);
        visits.limitTimes(hour(1));
        assertThat(visits.find(origin("192.0.2.1"))).contains(new PrimaryVisits.VisitPeriod(hour(-10), hour(1)));
        assertThat(visits.find(v6)).contains(new PrimaryVisits.VisitPeriod(hour(1), hour(1)));
        assertThat(visits.acceptedDays(v6)).isEqualTo(AcceptedDays.NONE.withDay(START.getEpochSecond()));
        PrimaryVisits.VisitChanges changes = visits.takeChanges(10);
        assertThat(changes.addresses().rows()).hasSize(2);
        assertThat(changes.accepted().rows()).hasSize(1);
    }

    @Test
    void daysAcceptedBefore_areKept_afterAClockThatWasAhead() {
        IpPrefix sender = origin("192.0.2.1");
        IpPrefix network = IpText.parseNetwork("192.0.2.0/24");
        for (int day = 0; day < 5; day++) {
            visits.recordAccepted(sender, hour(24 * day));
        }
        visits.recordAccepted(sender, hour(24 * 20));
        visits.takeChanges(10);
        Instant now = hour(24 * 4 + 1);
        visits.limitTimes(now);
        AcceptedDays days = visits.acceptedDays(sender);
        assertThat(days).isEqualTo(AcceptedDays.of(now.getEpochSecond() / 86_400, 0b1_1111));
        assertThat(visits.takeChanges(10).accepted().rows()).hasSize(1);
        assertThat(visits.isKnownNetwork(network, TrustSettings.DEFAULTS, now.getEpochSecond()))
                .isTrue();
        visits.recordAccepted(sender, hour(24 * 5));
        assertThat(visits.acceptedDays(sender).count(hour(24 * 5).getEpochSecond()))
                .isEqualTo(6);
    }

    @Test
    void networkAcceptedMonthsAhead_becomesKnown_onceTheClockIsRight() {
        IpPrefix sender = origin("192.0.2.1");
        visits.recordAccepted(sender, hour(24 * 60));
        visits.limitTimes(hour(0));
        for (int day = 1; day < 5; day++) {
            visits.recordAccepted(sender, hour(24 * day));
        }
        long now = hour(24 * 4).getEpochSecond();
        assertThat(visits.isKnownNetwork(sender.neighborhood(), TrustSettings.DEFAULTS, now))
                .isTrue();
    }

    @Test
    void daysAccepted_onlyMonthsAhead_areToday() {
        long now = START.getEpochSecond();
        AcceptedDays ahead = AcceptedDays.NONE.withDay(hour(24 * 36).getEpochSecond());
        assertThat(ahead.limitedTo(now)).isEqualTo(AcceptedDays.NONE.withDay(now));
        AcceptedDays both = AcceptedDays.NONE.withDay(now - 86_400).withDay(now + 86_400);
        assertThat(both.limitedTo(now).recent()).isEqualTo(0b11);
        assertThat(both.limitedTo(now + 86_400)).isEqualTo(both);
    }

    @Test
    void network_ofAnotherAddress_wasNotSeen() {
        for (String adjacent : new String[] {"192.0.1.255", "192.0.3.0", "2001:db8:0:1::1", "0.0.0.1"}) {
            visits.recordVisit(origin(adjacent), hour(0), false);
        }
        assertThat(remembersNetwork()).isFalse();
        assertThat(visits.find(origin("192.0.3.1"))).isEmpty();
        assertThat(visits.find(origin("2001:db8:0:1::2"))).isEmpty();
        assertThat(visits.find(origin("2001:db8:0:1::1"))).contains(new PrimaryVisits.VisitPeriod(hour(0), hour(0)));
    }

    @Test
    void visitOfListedSender_isNoneOfItsNetwork() {
        visits.recordVisit(origin("192.0.2.1"), hour(0), true);
        assertThat(remembersNetwork()).isFalse();
        assertThat(visits.find(origin("192.0.2.1"))).isPresent();
    }

    @Test
    void acceptedDays_areThoseOfEachSender_andForgottenAfter36() {
        for (int day = 0; day < 6; day++) {
            visits.recordAccepted(origin("192.0.2.1"), hour(24 * day));
            visits.recordAccepted(origin("192.0.2.1"), hour(24 * day + 1));
        }
        visits.recordAccepted(origin("192.0.2.2"), hour(0));
        assertThat(visits.acceptedDays(origin("192.0.2.1")).count(hour(120).getEpochSecond()))
                .isEqualTo(6);
        assertThat(visits.acceptedDays(origin("192.0.2.3"))).isEqualTo(AcceptedDays.NONE);
        visits.removeExpired(hour(24 * 38));
        assertThat(visits.acceptedDays(origin("192.0.2.2"))).isEqualTo(AcceptedDays.NONE);
        assertThat(visits.acceptedDays(origin("192.0.2.1"))).isNotEqualTo(AcceptedDays.NONE);
    }

    @Test
    void loadedAcceptedDays_areThoseOfBoth() {
        visits.recordAccepted(origin("192.0.2.1"), hour(48));
        visits.loadAccepted(origin("192.0.2.1"), AcceptedDays.NONE.withDay(hour(0).getEpochSecond()));
        assertThat(visits.acceptedDays(origin("192.0.2.1")).count(hour(48).getEpochSecond()))
                .isEqualTo(2);
    }

    @Test
    void earlierVisit_extendsTheInterval_onlyWithinTheWindow() {
        IpPrefix origin = origin("192.0.2.1");
        visits.recordVisit(origin, hour(100), false);
        visits.recordVisit(origin, hour(60), false);
        assertThat(visits.find(origin)).contains(new PrimaryVisits.VisitPeriod(hour(100), hour(100)));
        visits.recordVisit(origin, hour(64), false);
        assertThat(visits.find(origin)).contains(new PrimaryVisits.VisitPeriod(hour(64), hour(100)));
        visits.recordVisit(origin, hour(137), false);
        assertThat(visits.find(origin)).contains(new PrimaryVisits.VisitPeriod(hour(137), hour(137)));
    }

    @Test
    void timesOutOfRange_areHandled() {
        visits.recordVisit(origin("192.0.2.1"), Instant.MIN, false);
        visits.recordVisit(origin("192.0.2.1"), Instant.MAX, false);
        assertThat(visits.recordedCount()).isEqualTo(2);
    }

    @Test
    void oldVisits_areRemoved_afterEightDays() {
        assertThat(visits.retention()).isEqualTo(Duration.ofDays(8));
        visits.recordVisit(origin("192.0.2.1"), hour(0), false);
        visits.recordVisit(origin("2001:db8::1"), hour(0), false);
        visits.recordVisit(origin("198.51.100.1"), hour(1), false);
        visits.takeChanges(10);
        visits.removeExpired(hour(192));
        assertThat(visits.hasChanges()).isFalse();
        assertThat(visits.size()).isEqualTo(3);
        visits.removeExpired(hour(192.5));
        assertThat(visits.hasChanges()).isTrue();
        assertThat(visits.find(origin("192.0.2.1"))).isEmpty();
        assertThat(remembersNetwork()).isFalse();
        assertThat(visits.size()).isEqualTo(1);
        PrimaryVisits.VisitChanges changes = visits.takeChanges(10);
        assertThat(changes.addresses().rows()).isEmpty();
        assertThat(changes.addresses().removedBefore()).isEqualTo(hour(0.5).getEpochSecond());
    }

    @Test
    void fullMap_evictsExactlyTheLeastRecentTenth() {
        PrimaryVisits small = new PrimaryVisits(Duration.ofHours(36), 100, 100);
        for (int i = 0; i < 100; i++) {
            small.recordVisit(IpPrefix.ofBits(i % 2 == 0, (long) i << 16), START.plusSeconds(i), false);
        }
        small.takeChanges(1_000);
        small.recordVisit(IpPrefix.ofBits(false, 1_000 << 16), START.plusSeconds(1_000), false);
        assertThat(small.size()).isEqualTo(91);
        assertThat(small.evictedCount()).isEqualTo(20);
        assertThat(small.find(IpPrefix.ofBits(false, 9 << 16))).isEmpty();
        assertThat(small.find(IpPrefix.ofBits(true, 10 << 16))).isPresent();
        assertThat(small.takeChanges(1_000).addresses().rows()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fullMap_withEqualTimes_evictsOnlyATenth(boolean v6) {
        PrimaryVisits small = new PrimaryVisits(Duration.ofHours(36), 100, 100);
        for (int i = 0; i <= 100; i++) {
            small.recordVisit(IpPrefix.ofBits(v6, (long) i << 16), START, false);
        }
        assertThat(small.size()).isEqualTo(91);
        assertThat(small.evictedCount()).as("addresses and networks").isEqualTo(20);
        for (int i = 0; i < 10_000; i++) {
            small.recordVisit(IpPrefix.ofBits(i % 3 == 0, (long) i << 16), START.plusSeconds(i), false);
            assertThat(small.size()).isLessThanOrEqualTo(100);
        }
        PrimaryVisits.VisitChanges all = small.takeChanges(100_000);
        assertThat(all.addresses().rows()).hasSizeLessThanOrEqualTo(100);
        assertThat(small.hasChanges()).isFalse();
    }

    @Test
    void floodOfOneIpv6Network_pushesOutNobody() {
        PrimaryVisits small = new PrimaryVisits(Duration.ofHours(36), 80, 80);
        for (int i = 1; i <= 60; i++) {
            IpPrefix sender = IpPrefix.ofBits(i % 2 == 0, (long) i << 16);
            small.recordVisit(sender, START, false);
            small.recordAccepted(sender, START);
        }
        for (int i = 0; i < 10_000; i++) {
            IpPrefix flooding = new IpPrefix(0x2001_0db8_0000_0000L + i, 1, 128);
            small.recordVisit(flooding, START.plusSeconds(i), false);
            small.recordAccepted(flooding, START.plusSeconds(i));
        }
        assertThat(small.evictedCount()).isZero();
        assertThat(small.size()).isEqualTo(70);
        assertThat(small.takeChanges(1_000).addresses().rows()).hasSize(70);
        small.removeExpired(START.plus(Duration.ofDays(40)));
        IpPrefix later = new IpPrefix(0x2001_0db8_0000_0000L, 2, 128);
        small.recordVisit(later, START.plus(Duration.ofDays(40)), false);
        assertThat(small.find(later)).as("its share is free again").isPresent();
    }

    @Test
    void fullMap_evictsNoMoreThanATenth_ifTheLastOfItHasTheTimeOfOthers() {
        PrimaryVisits small = new PrimaryVisits(Duration.ofHours(36), 100, 100);
        for (int i = 0; i <= 100; i++) {
            small.recordVisit(IpPrefix.ofBits(false, (long) i << 16), START.plusSeconds(i < 5 ? 0 : 1), false);
        }
        assertThat(small.size()).isEqualTo(91);
        assertThat(small.find(IpPrefix.ofBits(false, 4 << 16))).isEmpty();
    }

    @Test
    void fullMap_countsWhatItEvicts_andWritesItsLossToTheDatabase() {
        PrimaryVisits small = new PrimaryVisits(Duration.ofHours(36), 10, 10);
        for (int i = 0; i < 10; i++) {
            small.load(false, IpPrefix.ofBits(false, i), i + 1, i + 1);
            small.loadAccepted(IpPrefix.ofBits(false, i), AcceptedDays.NONE.withDay(START.getEpochSecond()));
        }
        assertThat(small.evictedCount()).isZero();
        assertThat(small.hasChanges()).isFalse();
        small.load(false, IpPrefix.ofBits(false, 10), 100, 100);
        assertThat(small.evictedCount()).isEqualTo(1);
        assertThat(small.hasChanges()).isTrue();
        small.takeChanges(10);
        small.loadAccepted(IpPrefix.ofBits(false, 10), AcceptedDays.NONE.withDay(START.getEpochSecond()));
        assertThat(small.evictedCount()).isEqualTo(2);
        assertThat(small.hasChanges()).isTrue();
        small.recordAccepted(IpPrefix.ofBits(false, 11), START);
        assertThat(small.evictedCount()).isEqualTo(3);
    }

    @Test
    void oldAcceptedDays_areAChange_whenTheyAreRemoved() {
        visits.recordAccepted(origin("192.0.2.1"), hour(0));
        visits.takeChanges(10);
        visits.removeExpired(hour(24 * 37));
        assertThat(visits.hasChanges()).isFalse();
        visits.removeExpired(hour(24 * 37 + 1));
        assertThat(visits.hasChanges()).isTrue();
    }

    @Test
    void timesAheadByMoreThanAnHour_areAChange_whenTheyAreCorrected() {
        for (String address : List.of("192.0.2.1", "2001:db8::1")) {
            IpPrefix sender = origin(address);
            Map<String, Consumer<Instant>> recordings = Map.of(
                    "address", at -> visits.recordVisit(sender, at, true),
                    "network", at -> visits.load(true, sender.neighborhood(), at.getEpochSecond(), at.getEpochSecond()),
                    "accepted", at -> visits.recordAccepted(sender, at));
            recordings.forEach((kind, recordAt) -> {
                Instant now = hour(24 * 30).minusSeconds(3_600);
                recordAt.accept(hour(24 * 30));
                visits.takeChanges(10);
                visits.limitTimes(now);
                assertThat(visits.hasChanges()).as(kind).isFalse();
                visits.limitTimes(now.minusSeconds(1));
                assertThat(visits.hasChanges()).as(kind).isTrue();
                visits.takeChanges(10);
            });
        }
    }

    @Test
    void everything_canBeWrittenToANewFile_alsoAgain() {
        IpPrefix network = IpText.parseNetwork("192.0.2.0/24");
        visits.load(false, origin("192.0.2.1"), hour(0).getEpochSecond(), hour(1).getEpochSecond());
        visits.load(true, IpPrefix.ofBits(false, network.bits()), hour(0).getEpochSecond(), hour(1).getEpochSecond());
        AcceptedDays days = AcceptedDays.of(START.getEpochSecond() / 86_400, 0b1_1111);
        visits.loadAccepted(origin("192.0.2.1"), days);
        assertThat(visits.isKnownNetwork(network, TrustSettings.DEFAULTS, START.getEpochSecond()))
                .isTrue();
        assertThat(visits.hasChanges()).isFalse();
        visits.markAllChanged();
        assertThat(visits.hasChanges()).isTrue();
        PrimaryVisits.VisitChanges changes = visits.takeChanges(10);
        assertThat(changes.addresses().rows()).hasSize(1);
        assertThat(changes.networks().rows()).hasSize(1);
        assertThat(changes.accepted().rows())
                .containsExactly(new SeenIntervalMap.IntervalRow(origin("192.0.2.1"), days.bits()));
        assertThat(changes.isEmpty()).isFalse();
        assertThat(visits.hasChanges()).isFalse();
        assertThat(visits.takeChanges(10).isEmpty()).isTrue();
        visits.restoreChanges(changes);
        assertThat(visits.hasChanges()).isTrue();
        assertThat(visits.takeChanges(10)).isEqualTo(changes);
    }

    @Test
    void removedSender_isNotRestored() {
        visits.recordVisit(origin("192.0.2.1"), hour(0), false);
        PrimaryVisits.VisitChanges changes = visits.takeChanges(10);
        visits.removeExpired(hour(1_000));
        visits.restoreChanges(changes);
        assertThat(visits.takeChanges(10).addresses().rows()).isEmpty();
    }

    @Test
    void loadedRow_isMergedWithNewerVisits() {
        IpPrefix sameNetwork = origin("192.0.2.1");
        visits.recordVisit(sameNetwork, hour(40), false);
        visits.load(false, sameNetwork, hour(0).getEpochSecond(), hour(10).getEpochSecond());
        assertThat(visits.find(sameNetwork)).contains(new PrimaryVisits.VisitPeriod(hour(0), hour(40)));
        IpPrefix distant = origin("192.0.2.2");
        visits.recordVisit(distant, hour(50), false);
        visits.load(false, distant, hour(0).getEpochSecond(), hour(10).getEpochSecond());
        assertThat(visits.find(distant)).contains(new PrimaryVisits.VisitPeriod(hour(50), hour(50)));
    }
}
