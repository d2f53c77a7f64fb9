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

/** The decoy's responses to an input, with assertions that hold for any input. */
record Transcript(List<Response> responses, SessionFacts facts) {
    private static final Pattern REPLY =
            Pattern.compile("([2-5][0-5][0-9])(?:-[\\t -~]*\\r\\n\\1)*(?: [\\t -~]*)?\\r\\n");
    private static final int MAX_REPLY_LINE = 512;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** Verbs whose reply can be 2xx. DATA and BDAT never get 2xx, nor do the lines of a message. */
    private static final Set<Verb> ACCEPTED =
            EnumSet.complementOf(EnumSet.of(Verb.UNKNOWN, Verb.DATA, Verb.BDAT, Verb.AUTH, Verb.EXPN));

    /** Feeds the packets one by one; after STARTTLS it assumes a successful handshake. */
    static Transcript of(ConversationSettings settings, List<String> packets) {
        ConversationDriver driver =
                new ConversationDriver(new Conversation(settings, () -> "192.0.2.7", () -> "192.0.2.1", START));
        List<Response> responses = new ArrayList<>();
        int buffered = 0;
        for (String packet : packets) {
            driver.feed(packet.getBytes(StandardCharsets.ISO_8859_1));
            NextAction next = drain(driver, responses);
            if (next == NextAction.CLOSE) {
                break;
            }
            if (next == NextAction.START_TLS) {
                driver.startTls();
            }
            buffered = Math.max(buffered, driver.bufferedOctets());
        }
        assertThat(buffered).isLessThan(LineReader.MAX_LINE);
        return new Transcript(responses, driver.conversation().facts());
    }

    private static NextAction drain(ConversationDriver driver, List<Response> responses) {
        Response response = driver.nextResponse();
        while (response != null) {
            responses.add(response);
            if (response.nextAction() != NextAction.CONTINUE) {
                return response.nextAction();
            }
            response = driver.nextResponse();
        }
        return NextAction.CONTINUE;
    }

    /** Asserts what holds for any input. */
    void assertProtocolInvariants(String octets) {
        long replies = responses.stream().filter(a -> a.reply().code() != 0).count();
        long lines = 0; // counted without a pattern, which is slow while fuzzing
        for (int end = octets.indexOf("\r\n"); end >= 0; end = octets.indexOf("\r\n", end + 2)) {
            lines++;
        }
        assertThat(replies).isLessThanOrEqualTo(lines);
        for (Response response : responses) {
            if (response.reply().code() != 0) {
                assertValidReply(response);
            }
        }
    }

    private static void assertValidReply(Response response) {
        String reply = response.reply().toString();
        assertThat(reply)
                .matches(REPLY)
                .startsWith(String.valueOf(response.reply().code()));
        assertThat(reply.lines()).allMatch(line -> line.length() + 2 <= MAX_REPLY_LINE);
        if (!ACCEPTED.contains(response.verb())) {
            assertThat(response.reply().code()).isGreaterThanOrEqualTo(400);
        }
        assertThat(response.reply().code() / 100).isNotEqualTo(3);
    }

    /** Asserts that the same octets in other packets gave the same result, except for the pipelining trait. */
    void assertSameAs(Transcript other) {
        assertThat(replies()).isEqualTo(other.replies());
        assertThat(withoutPipeliningTrait()).isEqualTo(other.withoutPipeliningTrait());
    }

    private List<String> replies() {
        return responses.stream().map(a -> a.reply().toString()).toList();
    }

    private SessionFacts withoutPipeliningTrait() {
        Set<Trait> traits = EnumSet.copyOf(facts.traits());
        traits.remove(Trait.PIPELINED_UNASKED);
        return new SessionFacts(
                facts.deepestVerb(),
                traits,
                facts.helo(),
                facts.sender(),
                facts.recipients(),
                facts.protectedRecipients(),
                facts.tls());
    }

    /** Splits octets into packets of these lengths, repeating the lengths as needed. */
    static List<String> split(String octets, List<Integer> lengths) {
        List<String> packets = new ArrayList<>();
        int start = 0;
        for (int i = 0; start < octets.length(); i++) {
            int end = Math.min(octets.length(), start + lengths.get(i % lengths.size()));
            packets.add(octets.substring(start, end));
            start = end;
        }
        return packets;
    }
}
