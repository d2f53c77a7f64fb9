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
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path dir = Path.of("");

    private static Conversation conversation(Persona persona) {
        return new Conversation(
                new ConversationSettings(DialogueFile.HOST, persona, new ProtectedDomains(List.of()), 1, true),
                () -> "192.0.2.7",
                () -> "192.0.2.1",
                START);
    }

    private Persona loadPersona(String properties) throws IOException {
        Path file = dir.resolve("own.properties");
        Files.writeString(file, properties);
        return PersonaLoader.load(file.toString(), DialogueFile.HOST, 1);
    }

    @TestFactory
    Stream<DynamicTest> builtInPersona_everyReplyText_fitsOneLine() {
        return Stream.of("classic", "postfix", "exim", "sendmail", "exchange")
                .map(name -> DynamicTest.dynamicTest(
                        name, () -> assertEveryReplyFits(PersonaLoader.load(name, "h".repeat(255), 1))));
    }

    private static void assertEveryReplyFits(Persona persona) {
        Conversation conversation = conversation(persona);
        conversation.respond(CommandLine.of("HELO " + "h".repeat(255)));
        conversation.respond(CommandLine.of("X".repeat(2_000)));
        for (ReplyText replyText : ReplyText.values()) {
            String reply = conversation.closingReply(replyText).toString();
            assertThat(reply).endsWith("\r\n").doesNotContain("?????", "null");
            assertThat(reply.lines()).isNotEmpty().allMatch(line -> line.length() <= 510);
            assertThat(reply.replace(DialogueFile.HOST, ""))
                    .as("a reply does not say what sends it")
                    .doesNotContainIgnoringCase("decoy", "honeypot", "trap", "quarkus", "vert.x", "netty", "java");
        }
    }

    @Test
    void personaFile_withMissingKeys_usesClassicTexts() throws IOException {
        Conversation conversation = conversation(loadPersona("greeting = {host} hi {client}\n"));
        assertThat(conversation.greeting()).hasToString("220 mx9.decoy.test hi 192.0.2.7\r\n");
        assertThat(conversation.respond(CommandLine.of("QUIT")).reply())
                .hasToString("221 2.0.0 mx9.decoy.test don't be a stranger\r\n");
    }

    @Test
    void dates_areWrittenAsTheImitatedProgramsDo() {
        assertThat(conversation(PersonaLoader.load("exim", DialogueFile.HOST, 1))
                        .greeting())
                .hasToString("220 mx9.decoy.test ESMTP Exim 4.96 Thu, 01 Jan 2026 00:00:00 +0000\r\n");
        assertThat(conversation(PersonaLoader.load("sendmail", DialogueFile.HOST, 1))
                        .greeting())
                .asString()
                .endsWith("; Thu, 1 Jan 2026 00:00:00 GMT\r\n");
        assertThat(conversation(PersonaLoader.load("exchange", DialogueFile.HOST, 1))
                        .greeting())
                .asString()
                .endsWith(" ready at Thu, 1 Jan 2026 00:00:00 +0000\r\n");
    }

    @Test
    void personaFile_withEnhancedStatusCodes_replacesThoseOfTheReplies() throws IOException {
        Conversation conversation =
                conversation(loadPersona("bye = 2.3.4 bye\nunknown = 5.3.3 {line}?\nehlo = 2.0.0\n"));
        assertThat(conversation.respond(CommandLine.of("X")).reply()).hasToString("500 5.3.3 X?\r\n");
        assertThat(conversation.respond(CommandLine.of("EHLO a")).reply().toString())
                .startsWith("250-2.0.0\r\n");
        assertThat(conversation.respond(CommandLine.of("QUIT")).reply()).hasToString("221 2.3.4 bye\r\n");
    }

    @Test
    void personaFile_withoutEnhancedStatusCodes_sendsNone() throws IOException {
        Conversation conversation = conversation(
                loadPersona("extensions = HELP SIZE 8BITMIME PIPELINING STARTTLS SMTPUTF8\nbye = 2.3.4 bye\n"));
        assertThat(conversation.respond(CommandLine.of("EHLO a")).reply().toString())
                .contains("\r\n250-HELP\r\n")
                .doesNotContain("ENHANCEDSTATUSCODES");
        assertThat(conversation.respond(CommandLine.of("NOOP")).reply()).hasToString("250 yeah sure whatever\r\n");
        assertThat(conversation.respond(CommandLine.of("QUIT")).reply()).hasToString("221 bye\r\n");
    }

    @Test
    void personaFile_withGreetingOfSeveralLines_delaysOnlyTheLast() throws IOException {
        Conversation conversation = conversation(loadPersona("greeting = one\\ntwo\n"));
        assertThat(conversation.greetingFirstLine()).hasToString("220-one\r\n220-two\r\n");
        assertThat(conversation.greeting()).hasToString("220-one\r\n220 two\r\n");
    }

    @Test
    void personaFile_withLongText_isTruncatedTo512Octets() throws IOException {
        Conversation conversation = conversation(loadPersona("greeting = " + "w".repeat(1_000) + "\n"));
        assertThat(conversation.greeting().octets()).hasSize(512);
    }

    @Test
    void personaFile_withInvalidEntry_isRejectedNamingTheKey() {
        assertRejected("greetings = hello\n", "'greetings'");
        assertRejected("greeting = hello {hots}\n", "'greeting'", "{hots}", "{host}");
        assertRejected("greeting = hello {}\n", "'greeting'");
        assertRejected("greeting =\n", "'greeting'");
        assertRejected("greeting = caf\u00e9\n", "'greeting'");
        assertRejected("greeting = bell\\u0007\n", "'greeting'");
        assertRejected("greeting = a\\rb\n", "'greeting'");
        assertRejected("greeting = " + "w".repeat(1_001) + "\n", "'greeting'");
        assertRejected("extensions = SIZE\n", "'extensions'");
        assertRejected("extensions = SIZE SIZE PIPELINING STARTTLS 8BITMIME SMTPUTF8\n", "'extensions'");
        assertRejected("try-later = 5.7.1 no\n", "'try-later' begins with 5.7.1", "begins with 4");
        assertRejected("extensions = PIPELINING SIZE STARTTLS ENHANCEDSTATUSCODES 8BITMIME CHUNKING\n", "'extensions'");
    }

    private void assertRejected(String properties, String... messageParts) {
        assertThatThrownBy(() -> loadPersona(properties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(messageParts);
    }

    @Test
    void personaName_neitherBuiltInNorFile_isRejectedListingBuiltIns() {
        assertThatThrownBy(() -> PersonaLoader.load("qmail", DialogueFile.HOST, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'qmail'")
                .hasMessageContaining("classic, postfix, exim, sendmail, exchange");
    }
}
