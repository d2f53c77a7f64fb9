package org.decoymx.smtp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MailTransactionsTest {
    private static final long MAX_SIZE = 1_000;

    private final MailTransactions transactions = new MailTransactions(settings());

    private static ConversationSettings settings() {
        Map<String, String> texts = new HashMap<>();
        for (ReplyText text : ReplyText.values()) {
            texts.put(text.personaKey(), "text");
        }
        texts.put("extensions", "PIPELINING SIZE STARTTLS ENHANCEDSTATUSCODES 8BITMIME SMTPUTF8");
        return new ConversationSettings(
                "mx9.decoy.test",
                new Persona(texts, "mx9.decoy.test", MAX_SIZE),
                new ProtectedDomains(List.of("example.org")),
                MAX_SIZE,
                false);
    }

    private SessionFacts facts() {
        return transactions.facts(Set.of(), false);
    }

    @Test
    void recipients_wellFormed_areCounted_andThoseThatWereAccepted() {
        transactions.acceptHelo("client.example.net");
        assertThat(transactions.mail("FROM:<a@example.com>")).isEqualTo(ReplyText.MAIL_OK);
        assertThat(transactions.rcpt("TO:<b@example.org>")).isEqualTo(ReplyText.RCPT_OK);
        assertThat(transactions.rcpt("TO:<x@foreign.example>")).isEqualTo(ReplyText.RELAY);
        assertThat(transactions.rcpt("TO:<c@example.org>")).isEqualTo(ReplyText.RCPT_OK);
        assertThat(transactions.rcpt("TO:<>")).isEqualTo(ReplyText.RCPT_SYNTAX);
        assertThat(facts())
                .isEqualTo(new SessionFacts(Verb.RCPT, Set.of(), "client.example.net", "a@example.com", 3, 2, false));
        assertThat(transactions.refusedTransaction()).isNull();
        assertThat(transactions.data()).isEqualTo(ReplyText.TRY_LATER);
        assertThat(transactions.refusedTransaction())
                .isEqualTo(new RefusedTransaction("a@example.com", List.of("b@example.org", "c@example.org")));
        transactions.reset();
        assertThat(transactions.refusedTransaction()).isNull();
    }

    @Test
    void recipients_aboveTheLimit_areRefused_andNotProtected() {
        transactions.acceptHelo("client.example.net");
        transactions.mail("FROM:<>");
        for (int i = 0; i < Conversation.MAX_RECIPIENTS; i++) {
            assertThat(transactions.rcpt("TO:<b" + i + "@example.org>")).isEqualTo(ReplyText.RCPT_OK);
        }
        assertThat(transactions.rcpt("TO:<c@example.org>")).isEqualTo(ReplyText.TOO_MANY_RECIPIENTS);
        assertThat(facts().recipients()).isEqualTo(101);
        assertThat(facts().protectedRecipients()).isEqualTo(100);
    }

    @Test
    void size_upToTheLimit_withAnyNumberOfDigits_isAllowed() {
        assertThat(transactions.isTooBig("0".repeat(14) + "1000")).isFalse();
        assertThat(transactions.isTooBig("1001")).isTrue();
        assertThat(transactions.isTooBig("9".repeat(20))).isTrue();
    }

    @Test
    void heloName_isPrintable_andNoLongerThanADomain() {
        assertThat(MailTransactions.isHeloName("h".repeat(255))).isTrue();
        assertThat(MailTransactions.isHeloName("h".repeat(256))).isFalse();
        assertThat(MailTransactions.isHeloName("")).isFalse();
        assertThat(MailTransactions.isHeloName(" ~")).isTrue();
        assertThat(MailTransactions.isHeloName("h\u007f")).isFalse();
        assertThat(MailTransactions.isHeloName("h\u001f")).isFalse();
    }

    @Test
    void conversation_recordsWhatTheServerSees_andTheRefusedTransaction() {
        Conversation conversation = new Conversation(settings(), () -> "192.0.2.7", () -> "192.0.2.1", Instant.EPOCH);
        conversation.recordEarlyTalker();
        for (String line : List.of("HELO client.example.net", "MAIL FROM:<>", "RCPT TO:<b@example.org>", "DATA")) {
            assertThat(conversation.refusedTransaction()).isNull();
            conversation.respond(CommandLine.of(line));
        }
        assertThat(conversation.refusedTransaction()).isEqualTo(new RefusedTransaction("", List.of("b@example.org")));
        assertThat(conversation.facts().deepestVerb()).isEqualTo(Verb.RCPT);
        conversation.recordDeferral();
        assertThat(conversation.respond(CommandLine.of("NOOP")).isQuitReply()).isFalse();
        assertThat(conversation.respond(CommandLine.of("QUIT")).isQuitReply()).isTrue();
        conversation.recordMissingQuit();
        assertThat(conversation.facts().deepestVerb()).isEqualTo(Verb.DATA);
        assertThat(conversation.facts().traits()).containsExactly(Trait.EARLY_TALKER, Trait.NO_QUIT);
    }
}
