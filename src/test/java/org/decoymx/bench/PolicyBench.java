package org.decoymx.bench;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SightingScore;
import org.decoymx.policy.Verdict;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The time of a decision, with as many exempt networks and primary visits as a busy site has. */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx256m"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PolicyBench {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final int SENDERS = 1 << 14;
    private static final int NETWORKS = 5_000;
    private static final int PRIMARY_VISITS = 300_000;
    private static final int V4_BITS = 32;

    private final Random random = new Random(1);
    private Policy policy = PolicyFixtures.enforcing(Duration.ofDays(1));
    private Sender[] senders = {};
    private Sighting[] sightings = {};
    private int next;

    @Setup
    public void setUp() throws Exception {
        ExemptNetworks exempt = new ExemptNetworks();
        exempt.replaceSource(
                "SPF",
                IntStream.range(0, NETWORKS)
                        .mapToObj(i -> Exemption.of(origin().around(16 + random.nextInt(V4_BITS - 16)), "a provider"))
                        .toList());
        PrimaryVisits primaryVisits = new PrimaryVisits();
        IntStream.range(0, PRIMARY_VISITS)
                .forEach(i -> primaryVisits.recordVisit(origin(), NOW.minusSeconds(i), false));
        policy = PolicyFixtures.of(
                PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofDays(1)),
                exempt,
                primaryVisits,
                PolicyFixtures.outages(Duration.ZERO));
        senders = IntStream.range(0, SENDERS).mapToObj(i -> sender(origin())).toArray(Sender[]::new);
        sightings = new Sighting[SENDERS];
        for (int i = 0; i < SENDERS; i++) {
            sightings[i] = sighting(senders[i].origin());
        }
    }

    private IpPrefix origin() {
        return IpPrefix.ofBits(false, Integer.toUnsignedLong(random.nextInt()));
    }

    private static Sender sender(IpPrefix origin) {
        long second = NOW.getEpochSecond() - 50_000;
        return new Sender(
                origin,
                NOW,
                NOW,
                3,
                1,
                Set.of(),
                Set.of(),
                List.of(new SenderScore(7, second, 1, second, second + 86_400, 6)));
    }

    private static Sighting sighting(IpPrefix origin) throws Exception {
        byte[] octets = {
            (byte) (origin.bits() >> 24),
            (byte) (origin.bits() >> 16),
            (byte) (origin.bits() >> 8),
            (byte) origin.bits()
        };
        SessionFacts facts =
                new SessionFacts(Verb.DATA, EnumSet.of(Trait.NO_QUIT), "a.example", "b@b.example", 1, 1, false);
        return new Sighting(1, InetAddress.getByAddress(octets), NOW, facts, Sighting.Outcome.LEFT, List.of());
    }

    private int next() {
        next = (next + 1) % SENDERS;
        return next;
    }

    /** Scores a session, adds its points, and decides whether its sender is listed. */
    @Benchmark
    public boolean decide() {
        int index = next();
        Sender sender = senders[index];
        SightingScore scored = policy.score(sightings[index], 0, sender, sender.latestScore());
        return policy.isListed(sender, NOW) && scored.score().isListed(NOW);
    }

    /** Decides whether a known sender is listed. */
    @Benchmark
    public boolean isListed() {
        return policy.isListed(senders[next()], NOW);
    }

    /** The same decision with its explanation. */
    @Benchmark
    public Verdict explain() {
        return policy.evaluate(senders[next()], NOW);
    }
}
