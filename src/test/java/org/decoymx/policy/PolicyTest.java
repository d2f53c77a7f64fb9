package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.decoymx.conversation.Notes;
import org.decoymx.conversation.Trait;
import org.decoymx.conversation.Verb;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Sender;
import org.decoymx.policy.Verdict.Listed;
import org.decoymx.policy.Verdict.NotListed;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration TTL = Duration.ofHours(24);
    private final Policy policy = Policies.of(Policies.rules(Mode.ENFORCE, TTL), exempt());

    private static Exempt exempt() {
        Exempt exempt = new Exempt();
        exempt.put("own", List.of(Exemption.of(Network.of(origin("192.0.2.1")), "the decoy's own")));
        return exempt;
    }

    private static Origin origin(String address) {
        return Origin.parse(address).orElseThrow();
    }

    private static Sender sender(String address, @Nullable Instant caught, Trait... traits) {
        EnumSet<Trait> shown = EnumSet.noneOf(Trait.class);
        shown.addAll(List.of(traits));
        Score score = caught == null
                ? Score.NONE
                : new Score(
                        10,
                        caught.getEpochSecond(),
                        1,
                        caught.getEpochSecond(),
                        caught.plus(TTL).getEpochSecond());
        return new Sender(origin(address), T, T, 1, caught == null ? 0 : 1, shown, List.of(score));
    }

    @Test
    void sender_caught_isListedForItsTimeWithReasons() {
        Verdict verdict = policy.judge(sender("198.51.100.7", T, Trait.EARLY_TALKER), T);
        assertThat(verdict).isInstanceOfSatisfying(Listed.class, listed -> {
            assertThat(listed.since()).isEqualTo(T);
            assertThat(listed.until()).isEqualTo(T.plus(TTL));
            assertThat(listed.reasons())
                    .containsExactly(
                            "It came to the decoy MX and completed a conversation for a protected recipient, last at "
                                    + "2026-01-01T00:00:00Z, 1 in all.",
                            "Also noted: it spoke before the greeting ended.");
        });
    }

    @Test
    void sender_caught_isListedUntilTheLastMomentOfItsTime() {
        Sender sender = sender("198.51.100.7", T);
        assertThat(policy.judge(sender, T.plus(TTL).minusNanos(1))).isInstanceOf(Listed.class);
        assertThat(policy.judge(sender, T.plus(TTL))).isInstanceOf(NotListed.class);
    }

    @Test
    void sender_neverCaught_isNotListed() {
        assertThat(policy.judge(sender("198.51.100.7", null, Trait.RELAY_PROBE), T))
                .isEqualTo(new NotListed("It never completed a conversation for a protected recipient."));
        assertThat(policy.judgeUnknown(origin("198.51.100.7"))).isEqualTo(new NotListed("It was never seen here."));
    }

    @Test
    void sender_privateOrOwn_isExempt() {
        for (String exempt : List.of(
                "192.0.2.1",
                "0.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "127.0.0.1",
                "169.254.1.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "fc00::1",
                "fdff::1",
                "fe80::1",
                "febf::1",
                "ff02::1",
                "::ffff:10.0.0.1")) {
            assertThat(policy.judge(sender(exempt, T), T))
                    .as(exempt)
                    .isInstanceOfSatisfying(
                            NotListed.class, not -> assertThat(not.reason()).startsWith("Its address is exempt: "));
            assertThat(policy.judgeUnknown(origin(exempt))).asString().contains("exempt");
        }
    }

    @Test
    void sender_besideExemptNetworks_isListed() {
        for (String near : List.of(
                "192.0.2.2",
                "11.0.0.0",
                "9.255.255.255",
                "100.128.0.0",
                "128.0.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.169.0.0",
                "223.255.255.255",
                "2001:db8::1",
                "fbff::1",
                "fec0::1")) {
            assertThat(policy.judge(sender(near, T), T)).as(near).isInstanceOf(Listed.class);
        }
    }

    @Test
    void trial_on_listsPrivateAddressesToo() {
        Policy trial = Policies.enforcing(TTL);

        assertThat(trial.judge(sender("127.0.0.1", T), T)).isInstanceOf(Listed.class);
        assertThat(trial.judgeUnknown(origin("127.0.0.1"))).isEqualTo(new NotListed("It was never seen here."));
    }

    /** A session of the sender at a moment, up to a verb; one up to DATA had a protected recipient. */
    private static Sighting sighting(Sender sender, Instant at, Verb deepest) {
        InetAddress address = Objects.requireNonNull(
                NetUtil.createInetAddressFromIpAddressString(sender.origin().toString()));
        int taken = deepest == Verb.DATA ? 1 : 0;
        Notes notes = new Notes(deepest, EnumSet.noneOf(Trait.class), "", "", 1, taken, false);
        return new Sighting(1, address, at, notes, Sighting.Ending.QUIT);
    }

    private Score score(Sender known, Instant at, Verb deepest) {
        return policy.score(known, known.latest(), sighting(known, at, deepest));
    }

    @Test
    void score_ofACompleteConversation_listsForTheTime() {
        long at = T.getEpochSecond();
        assertThat(score(sender("198.51.100.7", null), T, Verb.DATA))
                .isEqualTo(new Score(10, at, 1, at, at + TTL.toSeconds()));
    }

    @Test
    void score_whileListed_listsForLonger_andIsNoOffence() {
        Score next = score(sender("198.51.100.7", T), T.plusSeconds(60), Verb.DATA);
        assertThat(next.offences()).isEqualTo(1);
        assertThat(next.listedSince()).isEqualTo(T.getEpochSecond());
        assertThat(next.listedUntil()).isEqualTo(T.plus(TTL).getEpochSecond() + 60);
    }

    @Test
    void score_onceTheTimeIsOver_isAnotherOffence_andPointsHaveHalved() {
        Score next = score(sender("198.51.100.7", T), T.plus(TTL), Verb.DATA);
        assertThat(next.offences()).isEqualTo(2);
        assertThat(next.listedSince()).isEqualTo(T.plus(TTL).getEpochSecond());
        assertThat(next.points()).isEqualTo(15);
    }

    @Test
    void score_ofALesserSession_changesNothing() {
        Sender known = sender("198.51.100.7", T);
        assertThat(score(known, T.plusSeconds(60), Verb.RCPT)).isEqualTo(known.latest());
    }

    @Test
    void score_ofAnExemptSender_staysNone() {
        assertThat(score(sender("192.0.2.1", null), T, Verb.DATA)).isEqualTo(Score.NONE);
        assertThat(score(sender("10.1.2.3", null), T, Verb.DATA)).isEqualTo(Score.NONE);
    }

    @Test
    void score_whereAnotherNodeHasListed_isNoOffenceOfThisOne() {
        Sender elsewhere = sender("198.51.100.7", T);
        Score own = policy.score(elsewhere, Score.NONE, sighting(elsewhere, T.plusSeconds(60), Verb.DATA));
        assertThat(own.offences()).isZero();
        assertThat(own.points()).isEqualTo(10);
        assertThat(own.listedUntil()).isEqualTo(T.plus(TTL).getEpochSecond() + 60);
    }
}
