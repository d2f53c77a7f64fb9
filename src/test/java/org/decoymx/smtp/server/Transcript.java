package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.decoymx.smtp.protocol.Response;
import org.decoymx.smtp.protocol.Response.NextAction;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/** What came of octets that were fed to a decoy, whatever they are; it keeps the promises that hold for all of them. */
record Transcript(List<Response> answers, SessionFacts notes) {
    private static final Pattern REPLY =
            Pattern.compile("([2-5][0-5][0-9])(?:-[\\t -~]*\\r\\n\\1)*(?: [\\t -~]*)?\\r\\n");
    private static final int MAX_REPLY_LINE = 512;
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    /** Verbs that may be answered with 2xx; a body's lines have none of them, and BDAT and DATA never are. */
    private static final Set<Verb> ACCEPTED =
            EnumSet.complementOf(EnumSet.of(Verb.UNKNOWN, Verb.DATA, Verb.BDAT, Verb.AUTH, Verb.EXPN));

    /** Feeds packet after packet; behind STARTTLS it goes on as if the handshake were done. */
    static Transcript of(ConversationSettings settings, List<String> packets) {
        ConversationDriver dialogue =
                new ConversationDriver(new Conversation(settings, () -> "192.0.2.7", () -> "192.0.2.1", BEGAN));
        List<Response> answers = new ArrayList<>();
        for (String packet : packets) {
            dialogue.feed(packet.getBytes(StandardCharsets.ISO_8859_1));
            NextAction next = drain(dialogue, answers);
            if (next == NextAction.CLOSE) {
                break;
            }
            if (next == NextAction.START_TLS) {
                dialogue.startTls();
            }
            assertThat(dialogue.bufferedOctets()).isLessThan(LineReader.MAX_LINE);
        }
        return new Transcript(answers, dialogue.conversation().facts());
    }

    private static NextAction drain(ConversationDriver dialogue, List<Response> into) {
        Response answer = dialogue.nextResponse();
        while (answer != null) {
            into.add(answer);
            if (answer.nextAction() != NextAction.CONTINUE) {
                return answer.nextAction();
            }
            answer = dialogue.nextResponse();
        }
        return NextAction.CONTINUE;
    }

    /** The promises that hold whatever octets were sent. */
    void assertProtocolInvariants(String octets) {
        long replies = answers.stream().filter(a -> a.reply().code() != 0).count();
        assertThat(replies).isLessThanOrEqualTo(octets.split("\r\n", -1).length - 1L);
        for (Response answer : answers) {
            if (answer.reply().code() != 0) {
                assertValidReply(answer);
            }
        }
    }

    private static void assertValidReply(Response answer) {
        String reply = answer.reply().toString();
        assertThat(reply)
                .matches(REPLY)
                .startsWith(String.valueOf(answer.reply().code()));
        assertThat(reply.lines()).allMatch(line -> line.length() + 2 <= MAX_REPLY_LINE);
        if (!ACCEPTED.contains(answer.verb())) {
            assertThat(answer.reply().code()).isGreaterThanOrEqualTo(400);
        }
        assertThat(answer.reply().code() / 100).isNotEqualTo(3);
    }

    /** The same as another way to cut the same octets gave, but for who was seen to send ahead. */
    void assertSameAs(Transcript other) {
        assertThat(replies()).isEqualTo(other.replies());
        assertThat(withoutPipeliningTrait()).isEqualTo(other.withoutPipeliningTrait());
    }

    private List<String> replies() {
        return answers.stream().map(a -> a.reply().toString()).toList();
    }

    private SessionFacts withoutPipeliningTrait() {
        Set<Trait> traits = EnumSet.copyOf(notes.traits());
        traits.remove(Trait.PIPELINED_UNASKED);
        return new SessionFacts(
                notes.deepestVerb(),
                traits,
                notes.helo(),
                notes.sender(),
                notes.recipients(),
                notes.protectedRecipients(),
                notes.tls());
    }

    /** Cuts octets into packets of these lengths, over and over. */
    static List<String> cut(String octets, List<Integer> lengths) {
        List<String> packets = new ArrayList<>();
        int at = 0;
        for (int i = 0; at < octets.length(); i++) {
            int end = Math.min(octets.length(), at + lengths.get(i % lengths.size()));
            packets.add(octets.substring(at, end));
            at = end;
        }
        return packets;
    }
}
