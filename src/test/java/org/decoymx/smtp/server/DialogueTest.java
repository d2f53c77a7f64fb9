package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.decoymx.smtp.protocol.SessionFacts;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every dialogue file, without a socket. */
class DialogueTest {

    @TestFactory
    Stream<DynamicTest> dialogue_playedWithoutSocket_goesAsWritten() throws IOException {
        return DialogueFile.all().stream().map(script -> DynamicTest.dynamicTest(script.name(), () -> play(script)));
    }

    private static void play(DialogueFile script) {
        InMemoryPeer decoy = new InMemoryPeer(script.conversationSettings());
        decoy.play(script);
        SessionFacts notes = decoy.leave();
        if (script.expectsTraits()) {
            assertThat(notes.traits()).isEqualTo(script.traits());
        }
        if (script.expectsDeepestVerb()) {
            assertThat(notes.deepestVerb()).isEqualTo(script.deepestVerb());
        }
    }

    @Test
    void dialogues_counted_areNinetyAtLeast() throws IOException {
        assertThat(DialogueFile.all()).hasSizeGreaterThanOrEqualTo(90);
    }
}
