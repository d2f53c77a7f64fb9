package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.origin;

import it.unimi.dsi.fastutil.longs.LongList;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.HourCounts.HourEntry;
import org.decoymx.policy.Listing;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.PrimaryReport;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.ReportCoverage;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.ProtectionMessage.PrimaryVisit;
import org.decoymx.support.TestClocks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log of a primary says of single recipients. */
class VisitRecorderTest {
    private static final IpPrefix SENDER = origin("192.0.2.1");
    private static final long HOUR = 3_600;
    private static final Clock CLOCK = Clock.fixed(T.plus(Duration.ofDays(1)), ZoneOffset.UTC);

    private final List<LedgerWriter> writers = new ArrayList<>();

    @TempDir
    private Path dir;

    private final Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24));

    /** What they write must not come while the directory is deleted. */
    @AfterEach
    void stopWriters() {
        writers.forEach(LedgerWriter::stop);
    }

    private LedgerWriter writer() {
        SenderLedger ledger = new SenderLedger(dir.resolve("ledger.db"), HERE, policy, CLOCK);
        LedgerWriter writer = new LedgerWriter(
                ledger, new SenderRetention(Duration.ofDays(90), 1_000), TestClocks.trusted(CLOCK), senders -> {});
        writers.add(writer);
        return writer;
    }

    private VisitRecorder recorder(Listing imported) {
        return recorder(writer(), imported);
    }

    private VisitRecorder recorder(LedgerWriter writer, Listing imported) {
        return new VisitRecorder(
                writer,
                new PrimaryVisits(),
                new DeliveryAttempts(0),
                policy.trust(),
                origin -> Optional.of(imported),
                CLOCK);
    }

    private static TrustVisit deferred(long second) {
        return new TrustVisit(SENDER, T.getEpochSecond() + second, 7, false, VisitResult.DEFERRED, true);
    }

    private Tier tierAt(Instant at) {
        return policy.trust().find(SENDER).tierAt(at.getEpochSecond());
    }

    @Test
    void retry_inTheLog_clearsASender_thatWasImportedWithoutATrustState() {
        long since = T.getEpochSecond();
        VisitRecorder recorder = recorder(new Listing(Tier.SUSPECT, since, since + 30 * 24 * HOUR, 0, false));
        recorder.recordEnvelopes(List.of(deferred(60)));
        assertThat(tierAt(T.plusSeconds(60))).isEqualTo(Tier.SUSPECT);
        recorder.recordEnvelopes(List.of(deferred(60 + HOUR)));
        assertThat(tierAt(T.plusSeconds(60 + HOUR))).isEqualTo(Tier.CLEARED);
    }

    @Test
    void reports_whileTheLedgerHangs_areLimited() throws Exception {
        LedgerWriter writer = writer();
        CountDownLatch hanging = new CountDownLatch(1);
        writer.change(ledger -> {
            try {
                hanging.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        VisitRecorder recorder = recorder(writer, Listing.NONE);
        PrimaryAttempt attempt = PrimaryAttempt.ofClient(SENDER, T.getEpochSecond());
        for (int reports = 0; reports < 10; reports++) {
            assertThat(recorder.isBusy()).isFalse();
            recorder.recordAttempts(Collections.nCopies(40_000, attempt), false);
        }
        assertThat(recorder.isBusy()).isTrue();
        hanging.countDown();
        writer.forEachSender(sender -> {}).get(2, TimeUnit.MINUTES);
        assertThat(recorder.isBusy()).isFalse();
        writer.stop();
    }

    @Test
    void results_areCounted_ofListedSendersOnly() {
        long since = T.getEpochSecond();
        VisitRecorder recorder = recorder(new Listing(Tier.SUSPECT, since, since + 30 * 24 * HOUR, 0, false));
        recorder.recordAttempts(
                List.of(
                        new PrimaryAttempt(SENDER, since, 1, 2, VisitResult.DEFERRED),
                        new PrimaryAttempt(SENDER, since + 1, 1, 3, VisitResult.REJECTED),
                        new PrimaryAttempt(SENDER, since + 2, 1, 4, VisitResult.ACCEPTED),
                        new PrimaryAttempt(SENDER, since - 1, 1, 5, VisitResult.REJECTED)),
                false);
        assertThat(policy.trust().events().hours().all())
                .containsExactly(new HourEntry(since, List.of(0L, 0L, 0L, 0L, 0L, 0L, 1L, 1L, 0L)));
    }

    @Test
    void visit_beforeTheListing_saysNothing() {
        long since = T.getEpochSecond() + HOUR;
        VisitRecorder recorder = recorder(new Listing(Tier.SUSPECT, since, since + 24 * HOUR, 0, false));
        recorder.recordEnvelopes(List.of(deferred(60)));
        assertThat(policy.trust().find(SENDER).isUnknown()).isTrue();
    }

    @Test
    void reports_arePassedOn() {
        List<PrimaryReport> passed = new ArrayList<>();
        policy.trust().reports().passTo(passed::add);
        VisitRecorder recorder = recorder(Listing.NONE);
        PrimaryAttempt attempt = new PrimaryAttempt(SENDER, T.getEpochSecond(), 1, 7, VisitResult.ACCEPTED);
        recorder.recordVisits(List.of(new PrimaryVisit(SENDER, T, true, Optional.empty())));
        recorder.recordAttempts(List.of(attempt), true);
        recorder.recordAccepted(SENDER, T);
        recorder.recordEnvelopes(List.of(deferred(60)));
        recorder.recordReport(T, List.of(SENDER));
        recorder.recordShared(List.of(attempt, deferred(61)), true);
        assertThat(passed)
                .containsExactly(
                        new PrimaryReport.Seen(SENDER, T.getEpochSecond(), true),
                        attempt,
                        new PrimaryReport.Accepted(SENDER, T.getEpochSecond()),
                        deferred(60));
    }

    /** A report to another node excuses in the same way, but is no sign that the primary reports to this one. */
    @Test
    void sharedReports_excuse_butAreNoCoverage() throws Exception {
        LedgerWriter writer = writer();
        writer.start();
        DeliveryAttempts attempts = new DeliveryAttempts(0);
        PrimaryVisits visits = new PrimaryVisits();
        VisitRecorder recorder =
                new VisitRecorder(writer, visits, attempts, policy.trust(), origin -> Optional.empty(), CLOCK);
        long at = CLOCK.instant().getEpochSecond() - 60;
        CaughtEnvelopes caught =
                new CaughtEnvelopes(at, LongList.of(7L), LongList.of(1L), List.of("example.org"), false);
        policy.trust().recordCatch(SENDER, caught, true, false);
        attempts.recordCatch(SENDER, SENDER, caught);
        assertThat(tierAt(CLOCK.instant())).isEqualTo(Tier.SUSPECT);

        recorder.recordShared(
                List.of(
                        new PrimaryReport.Seen(SENDER, at - 5, false),
                        new PrimaryAttempt(SENDER, at - 5, 1, 7, VisitResult.ASKED)),
                false);
        recorder.recordShared(List.of(new PrimaryReport.Accepted(origin("192.0.2.2"), at)), false);
        writer.forEachSender(sender -> {}).get(2, TimeUnit.MINUTES);

        assertThat(tierAt(CLOCK.instant())).isEqualTo(Tier.NONE);
        assertThat(policy.trust().find(SENDER).isUncaught()).isTrue();
        assertThat(visits.find(SENDER)).isPresent();
        assertThat(visits.acceptedDays(origin("192.0.2.2")).bits()).isNotZero();
        assertThat(policy.trust().reports().coverage()).isEqualTo(ReportCoverage.NONE);
        writer.stop();
    }
}
