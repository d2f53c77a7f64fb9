package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.decoymx.smtp.protocol.Response;
import org.decoymx.smtp.protocol.SessionFacts;
import org.jspecify.annotations.Nullable;

/** A decoy without a socket. */
final class InMemoryPeer implements SmtpPeer {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    private final ConversationDriver dialogue;
    private final Deque<String> lines = new ArrayDeque<>();
    private boolean closed;
    private boolean inHandshake;

    InMemoryPeer(ConversationSettings settings) {
        dialogue = new ConversationDriver(new Conversation(settings, () -> "127.0.0.1", () -> "127.0.0.1", BEGAN));
        hear(dialogue.conversation().greeting().toString());
    }

    private void hear(String reply) {
        reply.lines().forEach(lines::add);
    }

    @Override
    public void send(String octets) {
        if (closed || inHandshake) {
            return;
        }
        dialogue.feed(octets.getBytes(StandardCharsets.ISO_8859_1));
        Response answer = dialogue.nextResponse();
        while (answer != null) {
            hear(answer.reply().toString());
            switch (answer.nextAction()) {
                case CONTINUE -> answer = dialogue.nextResponse();
                case START_TLS -> {
                    inHandshake = true;
                    dialogue.startTls();
                    return;
                }
                case CLOSE -> {
                    closed = true;
                    return;
                }
            }
        }
    }

    @Override
    public @Nullable String line() {
        if (lines.isEmpty()) {
            assertThat(closed).as("the decoy has neither replied nor closed").isTrue();
        }
        return lines.poll();
    }

    @Override
    public void tls() {
        assertThat(inHandshake).as("STARTTLS was answered with leave").isTrue();
        inHandshake = false;
    }

    @Override
    public SessionFacts leave() {
        assertThat(lines).as("replies that nobody waited for").isEmpty();
        if (!closed) {
            dialogue.conversation().recordMissingQuit();
        }
        return dialogue.conversation().facts();
    }
}
