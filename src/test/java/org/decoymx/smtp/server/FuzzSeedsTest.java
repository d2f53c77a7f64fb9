package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Replays inputs that have caused errors in this or in another mail server. */
class FuzzSeedsTest {
    private static final Path DIR = Path.of("src/test/resources/fuzz");
    private static final List<List<Integer>> PACKET_LENGTHS =
            List.of(List.of(1), List.of(7), List.of(2_048), List.of(1, 2_047, 3));

    @TestFactory
    Stream<DynamicTest> seed_inAnyPackets_keepsInvariants() throws IOException {
        return seeds().stream()
                .map(seed -> DynamicTest.dynamicTest(seed.getFileName().toString(), () -> replay(seed)));
    }

    @Test
    void seeds_counted_areAtLeastThirty() throws IOException {
        assertThat(seeds()).hasSizeGreaterThanOrEqualTo(30);
    }

    private static List<Path> seeds() throws IOException {
        try (Stream<Path> files = Files.list(DIR)) {
            return files.filter(file -> file.toString().endsWith(".bin"))
                    .sorted()
                    .toList();
        }
    }

    private static void replay(Path seed) throws IOException {
        String octets = Files.readString(seed, StandardCharsets.ISO_8859_1);
        ConversationSettings settings = DialogueFile.conversationSettings("sendmail", "example.org");
        Transcript whole = Transcript.of(settings, List.of(octets));
        whole.assertProtocolInvariants(octets);
        for (List<Integer> lengths : PACKET_LENGTHS) {
            Transcript transcript = Transcript.of(settings, Transcript.split(octets, lengths));
            transcript.assertProtocolInvariants(octets);
            if (!octets.contains("STARTTLS")) {
                transcript.assertSameAs(whole);
            }
        }
    }
}
