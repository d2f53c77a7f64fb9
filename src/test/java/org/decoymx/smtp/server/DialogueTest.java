package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.decoymx.smtp.protocol.Notes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every dialogue file, without a socket. */
class DialogueTest {

    @TestFactory
    Stream<DynamicTest> dialogue_playedWithoutSocket_goesAsWritten() throws IOException {
        return Script.all().stream().map(script -> DynamicTest.dynamicTest(script.name(), () -> play(script)));
    }

    private static void play(Script script) {
        PurePeer decoy = new PurePeer(script.decoy());
        decoy.play(script);
        Notes notes = decoy.leave();
        if (script.saysTraits()) {
            assertThat(notes.traits()).isEqualTo(script.traits());
        }
        if (script.saysDeepest()) {
            assertThat(notes.deepest()).isEqualTo(script.deepest());
        }
    }

    @Test
    void dialogues_counted_areNinetyAtLeast() throws IOException {
        assertThat(Script.all()).hasSizeGreaterThanOrEqualTo(90);
    }
}
