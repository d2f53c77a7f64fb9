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

/** Plays every dialogue file over a real socket, with real TLS. */
class DialogueSocketTest {
    private static final Map<String, DecoyServer> SERVERS = new HashMap<>();

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(DecoyServer::close);
        SERVERS.clear();
    }

    @TestFactory
    Stream<DynamicTest> dialogue_playedOverSocket_matchesFile() throws IOException {
        return DialogueFile.all().stream()
                .map(dialogue -> DynamicTest.dynamicTest(dialogue.name(), () -> play(dialogue)));
    }

    private static void play(DialogueFile dialogue) throws IOException {
        DecoyServer server = SERVERS.computeIfAbsent(
                dialogue.serverKey(),
                key -> DecoyServer.Setup.of(dialogue.conversationSettings()).start());
        try (SocketPeer client = server.client()) {
            client.play(dialogue);
            SessionFacts facts = client.disconnect();
            if (dialogue.expectsTraits()) {
                assertThat(withoutPipeliningTrait(facts.traits())).isEqualTo(withoutPipeliningTrait(dialogue.traits()));
            }
            if (dialogue.expectsDeepestVerb()) {
                assertThat(facts.deepestVerb()).isEqualTo(dialogue.deepestVerb());
            }
        }
    }

    /** The kernel's packets decide whether the decoy detects pipelining, so this trait is not compared. */
    private static Set<Trait> withoutPipeliningTrait(Set<Trait> traits) {
        Set<Trait> kept = EnumSet.copyOf(traits);
        kept.remove(Trait.PIPELINED_UNASKED);
        return kept;
    }
}
