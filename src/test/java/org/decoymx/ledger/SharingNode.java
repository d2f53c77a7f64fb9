package org.decoymx.ledger;

import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PolicySettings;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SessionWeights;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.StorageException;

/** One of several nodes that share what they know: a ledger on disk, and its blocklist. */
final class SharingNode implements AutoCloseable {
    private static final EnvelopeKey KEY = new EnvelopeKey(new byte[EnvelopeKey.OCTETS]);
    private static final int ALL = 100_000;

    private final InstantSource time;
    private final Node node;
    private final Path dir;
    private SharedLedger.Cursor pushed = SharedLedger.Cursor.START;
    private long sessions;
    private int disks;
    private Policy policy;
    private SenderLedger ledger;
    private BlocklistPublisher publisher;

    SharingNode(InstantSource time, String name, Path dir) throws StorageException {
        this.time = time;
        this.dir = dir;
        node = new Node(name);
        start();
    }

    /** Two conversations are needed to be listed. */
    private void start() throws StorageException {
        PolicySettings settings = PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofDays(1));
        policy = PolicyFixtures.of(
                new PolicySettings(
                        settings.mode(),
                        settings.threshold(),
                        settings.halfLife(),
                        settings.ttl(),
                        settings.maxTtl(),
                        settings.forgiveAfter(),
                        0,
                        new SessionWeights(6, settings.weights().traits()),
                        1),
                new ExemptNetworks());
        var clock = time.withZone(ZoneOffset.UTC);
        TrustPersistence trust = new TrustPersistence(policy.trust(), new EnvelopeHasher(""), KEY, clock);
        ledger = new SenderLedger(
                dir.resolve("ledger" + disks), node, policy, clock, trust, new SharingSettings(true, node));
        ledger.open();
        publisher = BlocklistPublishers.of(policy, time.instant().minusSeconds(1));
        List<Sender> all = new ArrayList<>();
        ledger.index().forEachSender(all::add);
        evaluate(all);
    }

    private void evaluate(Collection<Sender> senders) {
        BlocklistPublishers.evaluate(publisher, senders, time.instant());
    }

    /** A session that was refused at DATA. */
    void catchMail(IpPrefix origin, long envelope, boolean qualifies) {
        Instant at = time.instant();
        EnumSet<Trait> traits = qualifies ? EnumSet.of(Trait.EARLY_TALKER) : EnumSet.noneOf(Trait.class);
        SessionFacts facts = new SessionFacts(Verb.DATA, traits, "client.example.net", "a@example.com", 1, 1, true);
        CaughtEnvelopes caught = new CaughtEnvelopes(
                at.getEpochSecond(), LongList.of(envelope), LongList.of(envelope), List.of("example.org"), false);
        sessions++;
        ledger.aggregate(List.of(
                new Sighting(sessions, origin.toInetAddress(), at, facts, Sighting.Outcome.QUIT, List.of(caught))));
    }

    /** What a real MX asks about a recipient, or reports. */
    void visit(IpPrefix origin, long envelope, VisitResult result) {
        long at = time.instant().getEpochSecond();
        policy.trust().recordVisit(new TrustVisit(origin, at, envelope, false, result, true), null);
    }

    /** Decides by hand; returns the decision as it is shared. */
    ManualDecision decide(IpPrefix origin, ManualDecision decision) throws StorageException {
        ledger.manual().decide(origin, decision);
        return Objects.requireNonNull(policy.trust().manual().find(origin));
    }

    void commit() {
        evaluate(ledger.commit());
    }

    /** The own states that were committed since the last call. */
    List<LedgerRecord> takeCommitted() throws StorageException {
        List<LedgerRecord> states = readOwn(pushed);
        if (!states.isEmpty()) {
            LedgerRecord last = states.get(states.size() - 1);
            pushed = new SharedLedger.Cursor(last.version(), last.origin().toString());
            ledger.versions().setShared(last.version());
        }
        return states;
    }

    /** All own states that were committed. */
    List<LedgerRecord> readOwn() throws StorageException {
        return readOwn(SharedLedger.Cursor.START);
    }

    private List<LedgerRecord> readOwn(SharedLedger.Cursor after) throws StorageException {
        try (LedgerStore reader = ledger.storage().openReader()) {
            return reader.pages().readOwn(after, ALL);
        }
    }

    /** Merges what other nodes share. */
    void merge(Collection<LedgerRecord> states) throws StorageException {
        commit();
        Map<List<Object>, LedgerRecord> latest = new LinkedHashMap<>();
        states.forEach(state -> latest.merge(
                List.of(state.node(), state.origin()),
                state,
                (one, other) -> one.counts().version() >= other.counts().version() ? one : other));
        evaluate(ledger.merger().merge(latest.values(), List.of()).senders());
    }

    /** Merges each own state that was sent before the disk was lost, once. */
    void restore(Collection<LedgerRecord> sent) throws StorageException {
        merge(sent.stream().filter(state -> state.node().equals(node)).toList());
    }

    void mergeDecisions(Map<IpPrefix, ManualDecision> decisions) throws StorageException {
        ledger.manual().merge(decisions);
    }

    /** Goes on with what is on disk. */
    void killAndRestart() throws IOException, StorageException {
        Path left = dir.resolve("ledger" + disks);
        disks++;
        for (String suffix : List.of("", "-wal")) {
            Path file = left.resolveSibling(left.getFileName() + suffix);
            if (Files.exists(file)) {
                Files.copy(file, dir.resolve("ledger" + disks + suffix));
            }
        }
        ledger.close();
        start();
    }

    /** Goes on with an empty disk. */
    void wipe() throws StorageException {
        disks++;
        ledger.close();
        start();
        pushed = SharedLedger.Cursor.START;
    }

    /** The entries of the list, with their tiers. */
    Set<String> published() {
        BlocklistPublishers.publish(publisher, time.instant());
        Set<String> entries = new TreeSet<>();
        for (boolean v6 : new boolean[] {false, true}) {
            publisher
                    .servedBlocklist()
                    .entries(v6, TierFilter.ALL)
                    .forEach(entry -> entries.add(entry.text() + " " + entry.tier()));
        }
        return entries;
    }

    /** The same for a list that is made from nothing, as after a restart. */
    Set<String> listed() {
        Instant now = time.instant();
        Set<String> entries = new TreeSet<>();
        ledger.index().forEachSender(sender -> {
            if (policy.isListed(sender, now)) {
                entries.add(sender.origin() + " " + policy.tier(sender, now));
            }
        });
        return entries;
    }

    /** What the states of all nodes mean together, with the listing. */
    Map<IpPrefix, Object> known() {
        Instant now = time.instant();
        Map<IpPrefix, Object> known = new TreeMap<>();
        ledger.index()
                .forEachSender(sender -> known.put(
                        sender.origin(),
                        List.of(
                                sender,
                                policy.trust().find(sender.origin()).listing(),
                                policy.trust().find(sender.origin()).proof(),
                                Optional.ofNullable(policy.findListing(sender, now)))));
        return known;
    }

    @Override
    public void close() throws IOException {
        ledger.close();
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(dir);
    }
}
