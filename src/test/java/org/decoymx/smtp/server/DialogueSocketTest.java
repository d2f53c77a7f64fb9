package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every dialogue file over a real socket, with real TLS. */
class DialogueSocketTest {
    private static final Map<String, DecoyServer> SERVERS = new HashMap<>();

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(DecoyServer::close);
        SERVERS.clear();
    }

    @TestFactory
    Stream<DynamicTest> dialogue_playedOverSocket_goesAsWritten() throws IOException {
        return DialogueFile.all().stream().map(script -> DynamicTest.dynamicTest(script.name(), () -> play(script)));
    }

    private static void play(DialogueFile script) throws IOException {
        DecoyServer server =
                SERVERS.computeIfAbsent(script.serverKey(), key -> DecoyServer.Setup.of(script.conversationSettings())
                        .start());
        try (SocketPeer client = server.client()) {
            client.play(script);
            SessionFacts notes = client.leave();
            if (script.expectsTraits()) {
                assertThat(withoutPipeliningTrait(notes.traits())).isEqualTo(withoutPipeliningTrait(script.traits()));
            }
            if (script.expectsDeepestVerb()) {
                assertThat(notes.deepestVerb()).isEqualTo(script.deepestVerb());
            }
        }
    }

    /** How the kernel cuts octets into packets decides whether a command is seen with others behind it. */
    private static Set<Trait> withoutPipeliningTrait(Set<Trait> traits) {
        Set<Trait> kept = EnumSet.copyOf(traits);
        kept.remove(Trait.PIPELINED_UNASKED);
        return kept;
    }
}
