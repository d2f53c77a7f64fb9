package org.decoymx.exchange;

import io.quarkus.tls.TlsConfigurationRegistry;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.decoymx.exchange.Topics.TopicInfo;
import org.decoymx.exemption.RuntimeExemptions;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.ledger.VisitRecorder;
import org.decoymx.support.Condition;
import org.decoymx.support.SteadyClock;
import org.jspecify.annotations.Nullable;

/**
 * All that shares the ledger with other nodes. A thread of its own finds the topics, claims the name of the node, and
 * has its lost states read back, in this order; then it starts the threads that push and read. All of them try again
 * for ever.
 */
final class KafkaExchange {
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);
    private static final Duration CLAIM_INTERVAL = Duration.ofMillis(100);

    private final ExchangeRole role;
    private final int brokers;
    private final SharedLedger ledger;
    private final Supplier<String> envelopeKey;
    private final ExchangeClients clients;
    private final Topics topics;
    private final SteadyClock clock;
    private final ClockOffset offset = new ClockOffset();
    private final PoisonCount poison = new PoisonCount();
    private final KnownNodes nodes;
    private final Claims claims;
    private final DroppedNodes dropped;
    private final ControlChannel control;
    private final List<Source> sources = new ArrayList<>();
    private final Witnesses witnesses;
    private final StatePusher pusher;
    private final OwnStates ownStates;
    private final TopicChecks checks;
    private final ExchangeThreads threads;
    private volatile @Nullable String controlId;
    private @Nullable TopicInfo restored;
    private @Nullable String restoredClaim;

    /** A topic that is read; the first one is the own one. */
    record Source(SenderTopic topic, StateRecords records, StateReader reader) {}

    /**
     * Does not start a thread yet.
     *
     * @param retention how long the ledger keeps a sender
     * @param envelopeKey the id of the key of the envelopes
     */
    KafkaExchange(
            ExchangeConfig config,
            Duration retention,
            SharedLedger ledger,
            VisitRecorder visits,
            RuntimeExemptions exemptions,
            Supplier<String> envelopeKey,
            TlsConfigurationRegistry tls,
            SteadyClock clock) {
        role = config.role();
        List<String> servers = config.servers().orElseThrow();
        brokers = servers.size();
        this.ledger = ledger;
        this.envelopeKey = envelopeKey;
        this.clock = clock;
        String node = ledger.ownNode().name();
        clients = new ExchangeClients(
                servers, node, config.tls().map(bucket -> () -> tls.get(bucket).orElseThrow()));
        topics = new Topics(config.prefix().get(0), retention);
        nodes = new KnownNodes(node, envelopeKey);
        claims = new Claims(node, role, envelopeKey, offset, clock, clock.durations());
        SenderTopic ownTopic = new SenderTopic(topics.senders(), "", offset);
        StateCodec codec = new StateCodec(config.evidence());
        pusher = new StatePusher(ledger, ownTopic, clients, codec, offset, this::hasName, clock.durations());
        Runnable onLoss = role.pushes() ? pusher::pushAllAgain : () -> {};
        dropped = new DroppedNodes(ledger, onLoss, ownTopic::readAgain, clock.durations());
        witnesses = Witnesses.collect(
                topics, ledger, visits, clients, role, nodes, claims, envelopeKey, offset, poison, clock);
        control = new ControlChannel(clients, topics.control(), () -> controlId, listeners(exemptions), poison);
        Source own = source(ownTopic, onLoss);
        sources.add(own);
        for (String prefix : config.prefix().subList(1, config.prefix().size())) {
            String foreign = new Topics(prefix, Duration.ZERO).senders();
            sources.add(source(new SenderTopic(foreign, "@" + prefix, offset), () -> {}));
        }
        ownStates = new OwnStates(ledger, ownTopic, own.records(), clients, role, onLoss);
        threads = new ExchangeThreads(clock);
        checks = new TopicChecks(topics, clock, clock.durations());
    }

    private List<ControlListener> listeners(RuntimeExemptions exemptions) {
        return List.of(
                dropped,
                nodes,
                claims,
                new Heartbeats(claims, nodes, witnesses.sender()::behind, offset, clock, clock.durations()),
                new SharedDecisions(ledger, offset, claims::isOwner, clock.durations()),
                new SharedExemptions(exemptions, ledger.ownNode(), offset, claims::isOwner, clock.durations()));
    }

    private Source source(SenderTopic topic, Runnable onLoss) {
        StateRecords records = new StateRecords(topic, offset, dropped, poison);
        return new Source(topic, records, new StateReader(ledger, topic, records, clients, onLoss, offset, clock));
    }

    void start() {
        threads.start("exchange", this::supervise);
    }

    private void supervise(Runnable works) throws Exception {
        try (Admin admin = clients.admin("topics")) {
            topics.create(admin, brokers);
            while (true) {
                findTopics(admin);
                threads.start("exchange-control", control::run);
                if (awaitName()) {
                    threads.start("exchange-witnesses", witnesses.sender()::run);
                    if (role.pushes()) {
                        restoreOwnStates();
                        threads.start("exchange-push", pusher::run);
                    }
                }
                if (role.reads()
                        && offset.isKnown()
                        && (restored != null
                                || !role.pushes()
                                || claims.problem().isPresent())) {
                    sources.forEach(
                            each -> threads.start("exchange-read" + each.topic().suffix(), each.reader()::run));
                    threads.start("exchange-read-witnesses", witnesses.reader()::run);
                }
                checks.run(admin, readTopics());
                if (role.reads()) {
                    witnesses.progress().run(admin);
                }
                works.run();
                Thread.sleep(CHECK_INTERVAL.toMillis());
            }
        }
    }

    private void findTopics(Admin admin) throws ExchangeException {
        List<String> own = List.of(topics.senders(), topics.control(), topics.witnesses());
        Map<String, TopicInfo> found = Topics.find(admin, own);
        ownTopic().update(found.get(topics.senders()));
        witnesses.topic().update(found.get(topics.witnesses()));
        TopicInfo foundControl = found.get(topics.control());
        controlId = foundControl == null ? null : foundControl.id();
        Topics.update(admin, sources.stream().skip(1).map(Source::topic).toList());
        for (String needed : own) {
            if (!found.containsKey(needed)) {
                throw new ExchangeException("topic " + needed + " does not exist"); // then it is created
            }
        }
    }

    private List<SenderTopic> readTopics() {
        return role.reads()
                ? Stream.concat(sources.stream().map(Source::topic), Stream.of(witnesses.topic()))
                        .toList()
                : List.of();
    }

    private SenderTopic ownTopic() {
        return sources.get(0).topic();
    }

    /** Waits a little until this node has its name; returns whether it has. */
    private boolean awaitName() throws InterruptedException {
        for (Duration waited = Duration.ZERO;
                !hasName() && claims.problem().isEmpty() && waited.compareTo(CHECK_INTERVAL) < 0;
                waited = waited.plus(CLAIM_INTERVAL)) {
            Thread.sleep(CLAIM_INTERVAL.toMillis());
        }
        return hasName();
    }

    /** Whether the name is the own one, and the time of the brokers is known, which is in the answer to the claim. */
    private boolean hasName() {
        return claims.isOwner() && offset.isKnown();
    }

    private void restoreOwnStates() throws Exception {
        TopicInfo known = ownTopic().info();
        String claimedIn = controlId; // in another topic, the name was claimed again
        if (!known.equals(restored) || !Objects.equals(claimedIn, restoredClaim)) {
            ownStates.restore(known);
            restored = known;
            restoredClaim = claimedIn;
        }
    }

    /** Has all nodes drop what a node wrote; completes when the brokers have it. */
    CompletableFuture<Void> drop(String node) {
        return dropped.drop(node);
    }

    /** Stops all threads; waits for a second at most. */
    void stop() {
        threads.stop();
    }

    /** This node, those that have states here, and those that were seen at the brokers. */
    List<NodeStatus> nodes() {
        return NodeStatus.all(
                ledger, nodes.nodes(), envelopeKey.get(), clock.instant().minus(offset.ahead()));
    }

    /** How the sharing goes. */
    ExchangeStatus status() {
        List<Condition.Failure> failures = new ArrayList<>(threads.failures());
        failures.addAll(checks.failures());
        claims.problem().ifPresent(failures::add);
        failures.sort(Comparator.comparing(Condition.Failure::since));
        Condition.Failure first = failures.isEmpty() ? null : failures.get(0);
        return new ExchangeStatus(
                role.name().toLowerCase(Locale.ROOT),
                role.pushes() ? pusher.pending() : 0,
                sources.stream()
                        .mapToLong(source -> source.reader().lagRecords())
                        .sum(),
                sources.stream()
                        .mapToLong(source -> source.reader().lag().toSeconds())
                        .max()
                        .orElse(0),
                pusher.pushedCount(),
                sources.stream()
                        .mapToLong(source -> source.records().readCount())
                        .sum(),
                poison.sum(),
                offset.ahead().toSeconds(),
                first == null ? null : first.reason(),
                first == null ? null : first.since().truncatedTo(ChronoUnit.SECONDS));
    }
}
