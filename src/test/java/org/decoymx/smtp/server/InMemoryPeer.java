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

/** A decoy without a socket, for one client. */
final class InMemoryPeer implements SmtpPeer {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ConversationDriver driver;
    private final Deque<String> lines = new ArrayDeque<>();
    private boolean closed;
    private boolean inHandshake;

    InMemoryPeer(ConversationSettings settings) {
        driver = new ConversationDriver(new Conversation(settings, () -> "127.0.0.1", () -> "127.0.0.1", START));
        addReply(driver.conversation().greeting().toString());
    }

    private void addReply(String reply) {
        reply.lines().forEach(lines::add);
    }

    @Override
    public void send(String octets) {
        if (closed || inHandshake) {
            return;
        }
        driver.feed(octets.getBytes(StandardCharsets.ISO_8859_1));
        Response response = driver.nextResponse();
        while (response != null) {
            addReply(response.reply().toString());
            switch (response.nextAction()) {
                case CONTINUE -> response = driver.nextResponse();
                case START_TLS -> {
                    inHandshake = true;
                    driver.startTls();
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
    public @Nullable String readLine() {
        if (lines.isEmpty()) {
            assertThat(closed).as("the decoy has neither replied nor closed").isTrue();
        }
        return lines.poll();
    }

    @Override
    public void startTls() {
        assertThat(inHandshake).as("STARTTLS was accepted").isTrue();
        inHandshake = false;
    }

    @Override
    public SessionFacts disconnect() {
        assertThat(lines).as("replies that the dialogue does not expect").isEmpty();
        if (!closed) {
            driver.conversation().recordMissingQuit();
        }
        return driver.conversation().facts();
    }
}
