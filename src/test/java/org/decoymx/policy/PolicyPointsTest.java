package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The points of each kind of session, with the default weights. */
class PolicyPointsTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    private final Policy policy = PolicyFixtures.enforcing(Duration.ofDays(1));

    private static Set<Trait> traits(String names) {
        return names.isEmpty()
                ? Set.of()
                : Arrays.stream(names.split(" ")).map(Trait::valueOf).collect(Collectors.toSet());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            connects and leaves                        | UNKNOWN | 0 | NO_QUIT                       | 0
            connects and quits                         | QUIT    | 0 | ''                            | 0
            greets and quits                           | EHLO    | 0 | ''                            | 0
            sends an invalid HELO name and quits       | EHLO    | 0 | HELO_LIES                     | 0
            greets and drops the connection            | EHLO    | 0 | NO_QUIT                       | 0
            starts TLS and leaves                      | STARTTLS| 0 | ''                            | 0
            names a sender and quits                   | MAIL    | 0 | ''                            | 0
            resets and quits                           | RSET    | 0 | BAD_ORDER                     | 0
            makes too many errors, no recipient        | EHLO    | 0 | FLOOD BAD_ORDER               | 0
            tries to log in, no recipient              | EHLO    | 0 | AUTH_PROBE                    | 0
            sends bare newlines, no recipient          | EHLO    | 0 | BARE_NEWLINE                  | 0
            pipelines unasked, no recipient            | EHLO    | 0 | PIPELINED_UNASKED             | 0
            provider misled by a third party's MX      | MAIL    | 0 | RELAY_PROBE                   | 0
            the same, DATA after the rejected RCPT     | MAIL    | 0 | RELAY_PROBE BAD_ORDER         | 0
            the same, drops the connection             | MAIL    | 0 | RELAY_PROBE NO_QUIT           | 0
            the same, with many foreign recipients     | MAIL    | 0 | RELAY_PROBE MANY_RECIPIENTS   | 0
            the same, with a single-label HELO name    | MAIL    | 0 | RELAY_PROBE HELO_LIES         | 0
            the same, with all traits it can cause     | MAIL    | 0 | RELAY_PROBE NO_QUIT HELO_LIES BAD_ORDER FLOOD | 0
            speaks before the greeting                 | UNKNOWN | 0 | EARLY_TALKER                  | 0
            speaks before the greeting, relay probe    | MAIL    | 0 | EARLY_TALKER RELAY_PROBE      | 0
            speaks HTTP                                | UNKNOWN | 0 | NOT_SMTP                      | 0
            speaks TLS at once                         | UNKNOWN | 0 | NOT_SMTP EARLY_TALKER         | 0
            uses the name of the decoy in HELO         | EHLO    | 0 | HELO_LIES HELO_OURS           | 0
            sends the message after 451, relay probe   | MAIL    | 0 | TALKS_ON RELAY_PROBE          | 0
            verifies a recipient and quits             | RCPT    | 1 | ''                            | 0
            verifies five recipients and quits         | RCPT    | 5 | ''                            | 0
            verifies one protected, one foreign        | RCPT    | 1 | RELAY_PROBE                   | 0
            verifies and drops the connection          | RCPT    | 1 | NO_QUIT                       | 0
            verifies with an invalid HELO name         | RCPT    | 1 | HELO_LIES                     | 0
            verifies with the name of the decoy        | RCPT    | 1 | HELO_LIES HELO_OURS           | 0
            verifies before the greeting               | RCPT    | 1 | EARLY_TALKER                  | 0
            verifies in the wrong order                | RCPT    | 1 | BAD_ORDER                     | 0
            verifies with bare newlines                | RCPT    | 1 | BARE_NEWLINE                  | 0
            verifies with unasked pipelining           | RCPT    | 1 | PIPELINED_UNASKED             | 0
            verifies and tries to log in               | RCPT    | 1 | AUTH_PROBE                    | 0
            verifies more than 100                     | RCPT    | 100 | MANY_RECIPIENTS             | 0
            verifies until disconnected for errors     | RCPT    | 1 | FLOOD                         | 0
            completes a conversation                   | DATA    | 1 | ''                            | 10
            completes one, for 50 recipients           | DATA    | 50| ''                            | 10
            completes one, foreign recipient as well   | DATA    | 1 | RELAY_PROBE                   | 10
            completes one with BDAT                    | BDAT    | 1 | ''                            | 10
            completes one and drops the connection     | DATA    | 1 | NO_QUIT                       | 11
            completes one and sends the message        | DATA    | 1 | TALKS_ON                      | 15
            completes one, with several traits         | DATA    | 1 | EARLY_TALKER HELO_LIES NO_QUIT| 18
            """)
    void session_withVerbAndTraits_hasPoints(
            String description, Verb deepest, int protectedRecipients, String traits, double points) {
        var sessionScore = SessionFixtures.score(
                policy, SessionFixtures.of("198.51.100.7", T, deepest, protectedRecipients, traits(traits)));
        assertThat(sessionScore.sessionPoints()).as(description).isEqualTo(points);
        assertThat(sessionScore.skipReason()).isNull();
    }
}
