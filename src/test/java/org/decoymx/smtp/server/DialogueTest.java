package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.decoymx.smtp.protocol.SessionFacts;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Plays every dialogue file without a socket. */
class DialogueTest {

    @TestFactory
    Stream<DynamicTest> dialogue_playedWithoutSocket_matchesFile() throws IOException {
        return DialogueFile.all().stream()
                .map(dialogue -> DynamicTest.dynamicTest(dialogue.name(), () -> play(dialogue)));
    }

    private static void play(DialogueFile dialogue) {
        InMemoryPeer decoy = new InMemoryPeer(dialogue.conversationSettings());
        decoy.play(dialogue);
        SessionFacts facts = decoy.disconnect();
        if (dialogue.expectsTraits()) {
            assertThat(facts.traits()).isEqualTo(dialogue.traits());
        }
        if (dialogue.expectsDeepestVerb()) {
            assertThat(facts.deepestVerb()).isEqualTo(dialogue.deepestVerb());
        }
    }

    @Test
    void dialogues_counted_areAtLeastNinety() throws IOException {
        assertThat(DialogueFile.all()).hasSizeGreaterThanOrEqualTo(90);
    }
}
