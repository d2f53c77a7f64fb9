package org.decoymx.ledger;

import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Sender;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.policy.VisitVerdict;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.StorageException;
import org.decoymx.support.SteadyClock;

/** Ledger, policy and blocklist together, without ports and threads, and with a clock that the test sets. */
final class DecoyInMemory implements AutoCloseable {
    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(5);

    private final boolean reporting;
    private final ExemptNetworks exempt = new ExemptNetworks();
    private final Instant built;
    private Instant now;
    private Duration off = Duration.ZERO;
    private Duration running = Duration.ZERO;
    private long sessions;
    private Path dir;
    private Policy policy;
    private SteadyClock clock;
    private SenderRetention retention;
    private SenderLedger ledger;
    private BlocklistPublisher publisher;

    /**
     * @param reporting whether a real MX reports its visitors, without a gap
     */
    DecoyInMemory(Instant start, boolean reporting) throws IOException, StorageException {
        this.reporting = reporting;
        now = start;
        built = start.minus(Duration.ofDays(10));
        dir = Files.createTempDirectory("model");
        start();
    }

    private void start() throws StorageException {
        policy = PolicyFixtures.of(PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofDays(1)), exempt);
        InstantSource machine = () -> now.plus(off);
        clock = new SteadyClock(machine.withZone(ZoneOffset.UTC), () -> running.toNanos(), built);
        retention = new SenderRetention(Duration.ofDays(90), 1_000);
        ledger = new SenderLedger(dir.resolve("ledger.db"), LedgerFixtures.HERE, policy, clock);
        ledger.open();
        ledger.clockCorrections().follow(clock);
        publisher = BlocklistPublishers.of(policy, clock.instant().minusSeconds(1));
        report();
    }

    /** The right time. */
    Instant now() {
        return now;
    }

    /** Lets time pass, or sets the clock back by less than an hour, which is then the right time. */
    void advance(Duration time) {
        Duration left = time;
        while (left.compareTo(REPORT_INTERVAL) > 0) {
            pass(REPORT_INTERVAL);
            left = left.minus(REPORT_INTERVAL);
        }
        pass(left);
    }

    private void pass(Duration time) {
        now = now.plus(time);
        running = time.isNegative() ? running : running.plus(time);
        report();
    }

    /** Sets the clock of the machine so far ahead of the right time; back with zero. */
    void setClockOff(Duration ahead) {
        off = ahead;
    }

    private void report() {
        if (reporting) {
            policy.trust().reports().recordReport(clock.instant().getEpochSecond(), List.of());
        }
    }

    /** A session that was refused at DATA. */
    void catchMail(IpPrefix origin, long envelope) {
        Instant at = clock.instant();
        SessionFacts facts = new SessionFacts(
                Verb.DATA, EnumSet.noneOf(Trait.class), "client.example.net", "a@example.com", 1, 1, true);
        CaughtEnvelopes caught = new CaughtEnvelopes(
                at.getEpochSecond(), LongList.of(envelope), LongList.of(envelope), List.of("example.org"), false);
        sessions++;
        ledger.aggregate(List.of(
                new Sighting(sessions, origin.toInetAddress(), at, facts, Sighting.Outcome.QUIT, List.of(caught))));
    }

    /** What a real MX asks about a recipient, or reports. */
    VisitVerdict visit(IpPrefix origin, long envelope, VisitResult result) {
        long at = clock.instant().getEpochSecond();
        return policy.trust().recordVisit(new TrustVisit(origin, at, envelope, false, result, true), null);
    }

    /** Exempts exactly these senders. */
    void setExempt(Set<IpPrefix> origins) {
        exempt.replaceSource(
                "test",
                origins.stream()
                        .map(origin -> new Exemption(origin, true, "a partner"))
                        .toList());
        evaluateListed();
    }

    private void evaluateListed() {
        List<Sender> listed = new ArrayList<>();
        ledger.index().forEachListed(clock.instant(), listed::add);
        BlocklistPublishers.evaluate(publisher, listed, clock.instant());
    }

    /** Commits, publishes what was committed, and deletes what is old, as {@link LedgerWriter} does. */
    void commitAndPublish() {
        boolean set = ledger.clockCorrections().follow(clock);
        BlocklistPublishers.evaluate(publisher, ledger.commit(), clock.instant());
        if (set) {
            retention.reset();
            evaluateListed();
        }
        Instant trusted = clock.retention().instant();
        List<SenderCounts> old = retention.nextBatch(ledger.index(), clock.instant(), trusted);
        BlocklistPublishers.evaluate(publisher, ledger.deleteUnchanged(old, clock.instant(), trusted), clock.instant());
        BlocklistPublishers.publish(publisher, clock.instant());
    }

    /** The sender entries of the published list, with their tiers. */
    Set<String> published() {
        Blocklist blocklist = publisher.servedBlocklist();
        List<String> entries = new ArrayList<>();
        for (boolean v6 : new boolean[] {false, true}) {
            blocklist.entries(v6, TierFilter.ALL).forEach(entry -> entries.add(entry.text() + " " + entry.tier()));
        }
        return Set.copyOf(entries);
    }

    /** Goes on with what a killed process leaves on disk. */
    void killAndRestart() throws IOException, StorageException {
        Path image = Files.createTempDirectory("model");
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                Path copy = Files.copy(file, image.resolve(file.getFileName()));
                Files.setLastModifiedTime(copy, FileTime.from(now));
            }
        }
        close();
        dir = image;
        start();
        evaluateListed();
        BlocklistPublishers.publish(publisher, clock.instant());
    }

    @Override
    public void close() throws IOException {
        ledger.close();
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.delete(file);
            }
        }
    }
}
