package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.SenderScore;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What becomes of a sender by its sessions: {@code d@3} is a complete conversation, {@code r@3} a verified recipient,
 * {@code e@3} an early talker, each 3 hours after the first. Times are in hours.
 */
class PolicyTimesTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final String ADDRESS = "198.51.100.7";

    private final Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24));

    private static Sender unknown() {
        Origin origin = Origin.parse(ADDRESS).orElseThrow();
        return new Sender(origin, T, T, 0, 0, Set.of(), Set.of(), List.of(SenderScore.NONE));
    }

    private static Instant hour(double hours) {
        return T.plusSeconds(Math.round(hours * 3_600));
    }

    private Sender after(String sessions) {
        Sender sender = unknown();
        for (String session : sessions.split(" ", -1)) {
            Instant at = hour(Double.parseDouble(session.substring(2)));
            Verb deepest = session.startsWith("d") ? Verb.DATA : session.startsWith("r") ? Verb.RCPT : Verb.UNKNOWN;
            Set<Trait> traits = EnumSet.noneOf(Trait.class);
            if (session.startsWith("e")) {
                traits.add(Trait.EARLY_TALKER);
            }
            int recipients = session.startsWith("e") ? 0 : 1;
            sender =
                    SessionFixtures.after(policy, sender, SessionFixtures.of(ADDRESS, at, deepest, recipients, traits));
        }
        return sender;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            one conversation lists                   | d@0                     | 0     | true  | 24   | 1 | 10
            up to the last second of the day         | d@0                     | 23.999| true  | 24   | 1 | 5
            and then no longer                       | d@0                     | 24    | false | 24   | 1 | 5
            another renews, and is no relapse        | d@0 d@12                | 12    | true  | 36   | 1 | 17.07
            each renews once more                    | d@0 d@12 d@24           | 24    | true  | 48   | 1 | 22.07
            a relapse doubles the time               | d@0 d@24                | 24    | true  | 72   | 2 | 15
            a second doubles it again                | d@0 d@24 d@72           | 72    | true  | 168  | 3 | 13.75
            a renewal of a relapse is as long        | d@0 d@24 d@48           | 48    | true  | 96   | 2 | 17.5
            the time has an end                      | d@0 d@24 d@72 d@168 d@360 d@744 d@1464 | 1464 | true | 2184 | 7 | 10
            a month after its time it is forgiven    | d@0 d@744               | 744   | true  | 768  | 1 | 10
            an hour sooner it is not                 | d@0 d@743               | 743   | true  | 791  | 2 | 10
            one verification does not list           | r@0                     | 0     | false | 0    | 0 | 2
            nor do four at once                      | r@0 r@0 r@0 r@0         | 0     | false | 0    | 0 | 8
            the fifth does                           | r@0 r@0 r@0 r@0 r@0     | 0     | true  | 24   | 1 | 10
            one a day never does                     | r@0 r@24 r@48 r@72 r@96 r@120 | 120 | false | 0 | 0 | 3.94
            one early talk does not                  | e@0                     | 0     | false | 0    | 0 | 5
            two at once do                           | e@0 e@0                 | 0     | true  | 24   | 1 | 10
            two within an hour are too few by a hair | e@0 e@1                 | 1     | false | 0    | 0 | 9.86
            a third is enough                        | e@0 e@1 e@2             | 2     | true  | 26   | 1 | 14.58
            an early talk and three verifications    | e@0 r@0 r@0 r@0         | 0     | true  | 24   | 1 | 11
            a verification renews what was caught    | d@0 r@1                 | 1     | true  | 25   | 1 | 11.72
            but not when too little is left          | d@0 r@20                | 20    | true  | 24   | 1 | 7.61
            points halve in a day                    | d@0                     | 48    | false | 24   | 1 | 2.5
            and are gone in a month                  | d@0                     | 720   | false | 24   | 1 | 0
            a session seen late changes no end       | d@12 d@0                | 12    | true  | 36   | 1 | 20
            """)
    void sessions_so(
            String what, String sessions, double at, boolean listed, double until, int offences, double points) {
        Sender sender = after(sessions);
        SenderScore score = sender.latestScore();
        assertThat(policy.isListed(sender, hour(at))).as(what).isEqualTo(listed);
        assertThat(score.listedUntil()).isEqualTo(until == 0 ? 0 : hour(until).getEpochSecond());
        assertThat(score.offences()).isEqualTo(offences);
        assertThat(policy.points(sender, hour(at))).isEqualTo(points, within(0.01));
        assertThat(policy.evaluate(sender, hour(at)) instanceof Verdict.Listed).isEqualTo(listed);
    }

    @Test
    void node_thatRenewsWhatAnotherListed_isNoOffenceMore() {
        SenderScore there = after("d@0 d@24").latestScore();
        Sender known = new Sender(unknown().origin(), T, T, 2, 2, Set.of(), Set.of(), List.of(there, SenderScore.NONE));
        SenderScore here = policy.addPoints(known, SenderScore.NONE, 10, hour(25));
        assertThat(here.offences()).isEqualTo(2);
        assertThat(here.points()).isEqualTo(10);
        assertThat(here.listedSince()).isEqualTo(hour(25).getEpochSecond());
        assertThat(here.listedUntil()).isEqualTo(hour(25 + 48).getEpochSecond());
    }

    @Test
    void points_ofAllNodes_reachTheThresholdTogether() {
        SenderScore there = after("e@0").latestScore();
        Sender known = new Sender(unknown().origin(), T, T, 1, 0, Set.of(), Set.of(), List.of(there, SenderScore.NONE));
        SenderScore here = policy.addPoints(known, SenderScore.NONE, 5, T);
        assertThat(here.points()).isEqualTo(5);
        assertThat(here.isListed(T)).isTrue();
    }
}
