package org.decoymx.ledger;

import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
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

/** Ledger, policy and blocklist together, without ports and threads, and with a clock that the test sets. */
final class DecoyInMemory implements AutoCloseable {
    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(5);

    private final boolean reporting;
    private final ExemptNetworks exempt = new ExemptNetworks();
    private Instant now;
    private long sessions;
    private Path dir;
    private Policy policy;
    private SenderLedger ledger;
    private BlocklistPublisher publisher;

    /**
     * @param reporting whether a real MX reports its visitors, without a gap
     */
    DecoyInMemory(Instant start, boolean reporting) throws IOException, StorageException {
        this.reporting = reporting;
        now = start;
        dir = Files.createTempDirectory("model");
        policy = newPolicy();
        ledger = openLedger();
        publisher = BlocklistPublishers.of(policy, now.minusSeconds(1));
        report();
    }

    private Policy newPolicy() {
        return PolicyFixtures.of(PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofDays(1)), exempt);
    }

    private SenderLedger openLedger() throws StorageException {
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        SenderLedger opened = new SenderLedger(dir.resolve("ledger.db"), LedgerFixtures.HERE, policy, clock);
        opened.open();
        return opened;
    }

    Instant now() {
        return now;
    }

    void advance(Duration time) {
        Instant end = now.plus(time);
        while (now.plus(REPORT_INTERVAL).isBefore(end)) {
            now = now.plus(REPORT_INTERVAL);
            report();
        }
        now = end;
        report();
    }

    private void report() {
        if (reporting) {
            policy.trust().reports().recordReport(now.getEpochSecond(), List.of());
        }
    }

    /** A session that was refused at DATA. */
    void catchMail(IpPrefix origin, long envelope) {
        SessionFacts facts = new SessionFacts(
                Verb.DATA, EnumSet.noneOf(Trait.class), "client.example.net", "a@example.com", 1, 1, true);
        CaughtEnvelopes caught = new CaughtEnvelopes(
                now.getEpochSecond(), LongList.of(envelope), LongList.of(envelope), List.of("example.org"), false);
        sessions++;
        ledger.aggregate(List.of(
                new Sighting(sessions, origin.toInetAddress(), now, facts, Sighting.Outcome.QUIT, List.of(caught))));
    }

    /** The question of a real MX about a recipient. */
    VisitVerdict ask(IpPrefix origin, long envelope) {
        TrustVisit visit = new TrustVisit(origin, now.getEpochSecond(), envelope, false, VisitResult.ASKED, true);
        return policy.trust().recordVisit(visit, null);
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
        ledger.forEachListed(now, listed::add);
        BlocklistPublishers.evaluate(publisher, listed, now);
    }

    /** Commits, and publishes what was committed. */
    void commitAndPublish() {
        BlocklistPublishers.evaluate(publisher, ledger.commit(), now);
        BlocklistPublishers.publish(publisher, now);
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
                Files.copy(file, image.resolve(file.getFileName()));
            }
        }
        close();
        dir = image;
        policy = newPolicy();
        ledger = openLedger();
        publisher = BlocklistPublishers.of(policy, now.minusSeconds(1));
        report();
        evaluateListed();
        BlocklistPublishers.publish(publisher, now);
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
