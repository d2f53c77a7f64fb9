package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.smtp.protocol.CommandLine;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.decoymx.smtp.protocol.Persona;
import org.decoymx.smtp.protocol.ProtectedDomains;
import org.decoymx.smtp.protocol.ReplyText;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class PersonaTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path dir = Path.of("");

    private static Conversation conversation(Persona persona) {
        return new Conversation(
                new ConversationSettings(DialogueFile.HOST, persona, new ProtectedDomains(List.of()), 1, true),
                () -> "192.0.2.7",
                () -> "192.0.2.1",
                BEGAN);
    }

    private Persona withWords(String words) throws IOException {
        Path file = dir.resolve("own.properties");
        Files.writeString(file, words);
        return PersonaLoader.load(file.toString(), DialogueFile.HOST, 1);
    }

    @TestFactory
    Stream<DynamicTest> builtIn_everyPhrase_fitsALine() {
        return Stream.of("classic", "postfix", "exim", "sendmail", "exchange")
                .map(name -> DynamicTest.dynamicTest(
                        name, () -> everyPhraseFits(PersonaLoader.load(name, "h".repeat(255), 1))));
    }

    private static void everyPhraseFits(Persona persona) {
        Conversation conversation = conversation(persona);
        conversation.respond(CommandLine.of("HELO " + "h".repeat(255)));
        conversation.respond(CommandLine.of("X".repeat(2_000)));
        for (ReplyText phrase : ReplyText.values()) {
            String reply = conversation.closingReply(phrase).toString();
            assertThat(reply).endsWith("\r\n").doesNotContain("?????", "null");
            assertThat(reply.lines()).isNotEmpty().allMatch(line -> line.length() <= 510);
        }
    }

    @Test
    void own_leavingPhrasesOut_speaksClassic() throws IOException {
        Conversation conversation = conversation(withWords("greeting = {host} hi {client}\n"));
        assertThat(conversation.greeting()).hasToString("220 mx9.decoy.test hi 192.0.2.7\r\n");
        assertThat(conversation.respond(CommandLine.of("QUIT")).reply())
                .hasToString("221 2.0.0 mx9.decoy.test don't be a stranger\r\n");
    }

    @Test
    void own_withGreetingOfManyLines_holdsBackOnlyTheLast() throws IOException {
        Conversation conversation = conversation(withWords("greeting = one\\ntwo\n"));
        assertThat(conversation.greetingFirstLine()).hasToString("220-one\r\n220-two\r\n");
        assertThat(conversation.greeting()).hasToString("220-one\r\n220 two\r\n");
    }

    @Test
    void own_withLongWords_isCutTo512() throws IOException {
        Conversation conversation = conversation(withWords("greeting = " + "w".repeat(1_000) + "\n"));
        assertThat(conversation.greeting().octets()).hasSize(512);
    }

    @Test
    void own_withBadKeys_isRefusedByName() {
        refuses("greetings = hello\n", "'greetings'");
        refuses("greeting = hello {hots}\n", "'greeting'", "{hots}", "{host}");
        refuses("greeting = hello {}\n", "'greeting'");
        refuses("greeting =\n", "'greeting'");
        refuses("greeting = caf\u00e9\n", "'greeting'");
        refuses("greeting = bell\\u0007\n", "'greeting'");
        refuses("greeting = a\\rb\n", "'greeting'");
        refuses("greeting = " + "w".repeat(1_001) + "\n", "'greeting'");
        refuses("extensions = SIZE\n", "'extensions'");
        refuses("extensions = PIPELINING SIZE STARTTLS ENHANCEDSTATUSCODES 8BITMIME CHUNKING\n", "'extensions'");
    }

    private void refuses(String words, String... named) {
        assertThatThrownBy(() -> withWords(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(named);
    }

    @Test
    void persona_neitherBuiltInNorFile_isRefusedWithTheList() {
        assertThatThrownBy(() -> PersonaLoader.load("qmail", DialogueFile.HOST, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'qmail'")
                .hasMessageContaining("classic, postfix, exim, sendmail, exchange");
    }
}
