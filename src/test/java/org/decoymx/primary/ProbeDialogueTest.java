package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.decoymx.primary.ProbeDialogue.ProbeAction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeDialogueTest {
    private final List<String> sent = new ArrayList<>();

    /** Plays the host's replies, separated by "; " (lines of one reply by "/"); returns the last action. */
    private ProbeAction play(ProbeDialogue dialogue, String replies) {
        ProbeAction action = ProbeAction.WAIT;
        for (String reply : replies.split("; ", -1)) {
            action = dialogue.receive((reply.replace("/", "\r\n") + "\r\n").getBytes(StandardCharsets.US_ASCII));
            if (action == ProbeAction.SEND) {
                sent.add(dialogue.command("mx9.example.org"));
            } else if (action == ProbeAction.START_TLS) {
                sent.add(dialogue.commandAfterTls("mx9.example.org"));
            } else {
                return action;
            }
        }
        return action;
    }

    private static ProbeDialogue dialogue(ProbeDepth depth, boolean tlsExpected) {
        return new ProbeDialogue(depth, "postmaster@example.org", tlsExpected);
    }

    @Test
    void host_withStartTls_isUsedAsASenderWould() {
        ProbeDialogue dialogue = dialogue(ProbeDepth.RCPT, false);
        assertThat(play(dialogue, "220-a/220 b; 250-mx/250-SIZE 10/250 STARTTLS"))
                .isEqualTo(ProbeAction.SEND);
        assertThat(dialogue.isTlsOffered()).isTrue();
        assertThat(play(dialogue, "220 go; 250-mx/250 SIZE 10; 250 ok; 250 ok; 250 ok"))
                .isEqualTo(ProbeAction.UP);
        assertThat(sent)
                .containsExactly(
                        "EHLO mx9.example.org",
                        "STARTTLS",
                        "EHLO mx9.example.org",
                        "MAIL FROM:<>",
                        "RCPT TO:<postmaster@example.org>",
                        "RSET");
        assertThat(dialogue.refusal()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GREETING, 220 b, ''",
        "MAIL, 220 b; 250 mx; 250 ok; 250 ok, EHLO MAIL RSET",
        "RCPT, 220 b; 250 mx; 250 ok; 250 ok; 250 ok, EHLO MAIL RCPT RSET",
        "RCPT, 220 b; 502 what; 250 mx; 250 ok; 250 ok; 250 ok, EHLO HELO MAIL RCPT RSET",
        "RCPT, 220 b; 250 mx; 250 ok; 550 no such user; 250 ok, EHLO MAIL RCPT RSET",
        "RCPT, 220 b; 250 mx; 550 no null sender; 250 ok, EHLO MAIL RSET"
    })
    void host_thatAnswersForItself_isUp(ProbeDepth depth, String replies, String verbs) {
        assertThat(play(dialogue(depth, false), replies)).isEqualTo(ProbeAction.UP);
        assertThat(sent.stream().map(line -> line.split(" ", 2)[0]))
                .containsExactly(verbs.isEmpty() ? new String[0] : verbs.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "421 busy, unexpected greeting: '421 busy'",
        "220 b; 421 busy, unexpected reply to EHLO: '421 busy'",
        "220 b; 250-mx/250 starttls; 454 no TLS, unexpected reply to STARTTLS: '454 no TLS'",
        "220 b; 250-mx/250 STARTTLS; 220 go; 421 busy, unexpected reply to EHLO after STARTTLS: '421 busy'",
        "220 b; 250 mx; 451 milter, unexpected reply to MAIL: '451 milter'",
        "220 b; 250 mx; 452 disk full, unexpected reply to MAIL: '452 disk full'",
        "220 b; 250 mx; 250 ok; 421 busy, unexpected reply to RCPT: '421 busy'",
        "220 b; 250 mx; 250 ok; 354 odd, unexpected reply to RCPT: '354 odd'",
        "220 b; 250 mx; 250 ok; 250 ok; 421 bye, unexpected reply to RSET: '421 bye'",
        "220 b; 250 mx; what, not an SMTP reply to MAIL: 'what'"
    })
    void host_thatPutsSendersOff_isDown(String replies, String error) {
        ProbeDialogue dialogue = dialogue(ProbeDepth.RCPT, false);
        assertThat(play(dialogue, replies)).isEqualTo(ProbeAction.DOWN);
        assertThat(dialogue.error()).isEqualTo(error);
    }

    @ParameterizedTest
    @CsvSource({"450 greylisted", "451 later", "452 full"})
    void host_thatDefersTheRecipientAlone_isUnknown(String reply) {
        ProbeDialogue dialogue = dialogue(ProbeDepth.RCPT, false);
        assertThat(play(dialogue, "220 b; 250 mx; 250 ok; " + reply)).isEqualTo(ProbeAction.DEFERRED);
        assertThat(dialogue.error()).isEqualTo("reply to RCPT: '" + reply + "'");
    }

    @Test
    void host_thatOffersStartTlsNoLonger_isDown() {
        ProbeDialogue dialogue = dialogue(ProbeDepth.MAIL, true);
        assertThat(play(dialogue, "220 b; 250 mx")).isEqualTo(ProbeAction.DOWN);
        assertThat(dialogue.error()).isEqualTo("STARTTLS is no longer offered");
    }

    @ParameterizedTest
    @CsvSource({"example.org, postmaster@example.org", ".B\u00fccher.example, postmaster@xn--bcher-kva.example"})
    void recipient_isPostmasterOfTheFirstDomain(String domain, String recipient) {
        var settings = PrimaryProber.settings(ProbeDepth.RCPT, List.of(domain, "example.net"), Optional.empty());
        assertThat(settings.recipient()).isEqualToIgnoringCase(recipient);
        assertThat(settings.depth()).isEqualTo(ProbeDepth.RCPT);
    }

    @Test
    void trialMode_waitsForTheGreetingOnly() {
        assertThat(PrimaryProber.settings(ProbeDepth.RCPT, List.of(), Optional.empty())
                        .depth())
                .isEqualTo(ProbeDepth.GREETING);
    }
}
