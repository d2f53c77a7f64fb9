package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The listing of a sender after its sessions: {@code d@3} is a complete conversation, {@code r@3} a callback
 * verification, {@code h@3} a session with half the points of the threshold, each 3 hours after the start. Times are in
 * hours.
 */
class PolicyTimesTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final String ADDRESS = "198.51.100.7";

    private final Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24));
    private final Policy halfPoints = PolicyFixtures.withWeights(new SessionWeights(5, Map.of()), Duration.ofHours(24));

    private static Sender unknown() {
        IpPrefix origin = IpText.parseHostNetwork(ADDRESS).orElseThrow();
        return new Sender(origin, T, T, 0, 0, Set.of(), Set.of(), List.of(SenderScore.NONE));
    }

    private static Instant hour(double hours) {
        return T.plusSeconds(Math.round(hours * 3_600));
    }

    private Sender after(String sessions) {
        Sender sender = unknown();
        for (String session : sessions.split(" ", -1)) {
            Instant at = hour(Double.parseDouble(session.substring(2)));
            Verb deepest = session.startsWith("r") ? Verb.RCPT : Verb.DATA;
            sender = SessionFixtures.after(
                    session.startsWith("h") ? halfPoints : policy,
                    sender,
                    SessionFixtures.of(ADDRESS, at, deepest, 1, Set.of()));
        }
        return sender;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            one conversation: listed                 | d@0                     | 0     | true  | 24   | 1 | 10
            just before the listing expires          | d@0                     | 23.999| true  | 24   | 1 | 5
            the listing has expired                  | d@0                     | 24    | false | 24   | 1 | 5
            renewal is not an offence                | d@0 d@12                | 12    | true  | 36   | 1 | 17.07
            second renewal                           | d@0 d@12 d@24           | 24    | true  | 48   | 1 | 22.07
            second listing: twice as long            | d@0 d@24                | 24    | true  | 72   | 2 | 15
            third listing: twice as long again       | d@0 d@24 d@72           | 72    | true  | 168  | 3 | 13.75
            renewal of the second listing            | d@0 d@24 d@48           | 48    | true  | 96   | 2 | 17.5
            duration is limited to max-ttl         | d@0 d@24 d@72 d@168 d@360 d@744 d@1464 | 1464 | true | 2184 | 7| 10
            forgiven 30 days after the listing       | d@0 d@744               | 744   | true  | 768  | 1 | 10
            one hour earlier: not forgiven           | d@0 d@743               | 743   | true  | 791  | 2 | 10
            verifications: never listed              | r@0 r@0 r@0 r@0 r@0 r@0 | 0     | false | 0    | 0 | 0
            half of the threshold: not listed        | h@0                     | 0     | false | 0    | 0 | 5
            two halves: listed                       | h@0 h@0                 | 0     | true  | 24   | 1 | 10
            two, one hour apart: just not listed     | h@0 h@1                 | 1     | false | 0    | 0 | 9.86
            three, one hour apart: listed            | h@0 h@1 h@2             | 2     | true  | 26   | 1 | 14.58
            one half, six verifications: not listed  | h@0 r@0 r@0 r@0 r@0 r@0 r@0 | 0 | false | 0    | 0 | 5
            verification does not renew              | d@0 r@1                 | 1     | true  | 24   | 1 | 9.72
            below the threshold nothing renews       | d@0 h@40                | 40    | false | 24   | 1 | 8.15
            points halve in 24 hours                 | d@0                     | 48    | false | 24   | 1 | 2.5
            no points after 30 days                  | d@0                     | 720   | false | 24   | 1 | 0
            late sighting does not change the expiry | d@12 d@0                | 12    | true  | 36   | 1 | 20
            """)
    void sessions_overTime_listAndExpire(
            String description, String sessions, double at, boolean listed, double until, int offences, double points) {
        Sender sender = after(sessions);
        SenderScore score = sender.latestScore();
        assertThat(policy.isListed(sender, hour(at))).as(description).isEqualTo(listed);
        assertThat(score.listedUntil()).isEqualTo(until == 0 ? 0 : hour(until).getEpochSecond());
        assertThat(score.offences()).isEqualTo(offences);
        assertThat(policy.points(sender, hour(at))).isEqualTo(points, within(0.01));
        assertThat(policy.evaluate(sender, hour(at)) instanceof Verdict.Listed).isEqualTo(listed);
    }

    @Test
    void listing_renewedByAnotherNode_addsNoOffence() {
        SenderScore there = after("d@0 d@24").latestScore();
        Sender known = new Sender(unknown().origin(), T, T, 2, 2, Set.of(), Set.of(), List.of(there, SenderScore.NONE));
        SenderScore here = new PointRules(policy.settings()).addPoints(known, SenderScore.NONE, 10, hour(25));
        assertThat(here.offences()).isEqualTo(2);
        assertThat(here.points()).isEqualTo(10);
        assertThat(here.listedSince()).isEqualTo(hour(25).getEpochSecond());
        assertThat(here.listedUntil()).isEqualTo(hour(25 + 48).getEpochSecond());
    }

    @Test
    void offences_importedWithTheMaximum_doNotOverflow() {
        SenderScore there = new SenderScore(10, 0, Integer.MAX_VALUE, 0, T.getEpochSecond() - 1, 0);
        Sender known = new Sender(unknown().origin(), T, T, 2, 2, Set.of(), Set.of(), List.of(there, SenderScore.NONE));
        SenderScore here = new PointRules(policy.settings()).addPoints(known, SenderScore.NONE, 10, T);
        assertThat(here.offences()).isEqualTo(Integer.MAX_VALUE);
        assertThat(here.listedUntil()).isGreaterThan(T.getEpochSecond());
    }

    @Test
    void points_ofAllNodes_areSummedForThreshold() {
        SenderScore there = after("h@0").latestScore();
        Sender known = new Sender(unknown().origin(), T, T, 1, 0, Set.of(), Set.of(), List.of(there, SenderScore.NONE));
        SenderScore here = new PointRules(policy.settings()).addPoints(known, SenderScore.NONE, 5, T);
        assertThat(here.points()).isEqualTo(5);
        assertThat(here.isListed(T)).isTrue();
    }

    @Test
    void latestScore_isTheFirstOfThoseThatEndLast() {
        SenderScore early = new SenderScore(1, 0, 1, 0, 5, 0);
        SenderScore late = new SenderScore(2, 0, 1, 0, 9, 0);
        SenderScore asLate = new SenderScore(3, 0, 1, 0, 9, 0);
        Sender sender = new Sender(unknown().origin(), T, T, 1, 0, Set.of(), Set.of(), List.of(early, late, asLate));
        assertThat(sender.latestScore()).isEqualTo(late);
    }
}
