package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.decoymx.smtp.protocol.ProtectedDomains;

/** Invariants that hold for any input, however it is split into packets. */
class ConversationProperties {
    private static final List<String> PERSONAS = List.of("classic", "postfix", "exim", "sendmail", "exchange");
    private static final List<String> LINES = List.of(
            "EHLO client.example.net",
            "HELO user",
            "EHLO",
            "MAIL FROM:<a@example.com>",
            "MAIL FROM:<>",
            "MAIL FROM:<a@example.com> SIZE=1 BODY=8BITMIME SMTPUTF8",
            "RCPT TO:<b@example.org>",
            "RCPT TO:<x@foreign.example>",
            "RCPT TO:<postmaster>",
            "DATA",
            "DATA x",
            "BDAT 0 LAST",
            "BDAT 7",
            "BDAT 3000 LAST",
            "BDAT -1",
            "BDAT 99999999999",
            "RSET",
            "NOOP x",
            "HELP",
            "VRFY x",
            "EXPN x",
            "AUTH PLAIN AGEAYg==",
            "AUTH LOGIN",
            "QUIT x",
            "Subject: hello",
            "",
            ".",
            "..",
            "GET / HTTP/1.1",
            "MAIL FROM:<j\u00c3\u00b6rg@example.com> SMTPUTF8",
            "MAIL FROM:<\u00c3@example.com> SMTPUTF8",
            "RCPT TO:<user%y@example.org>",
            "RCPT TO:<\"a@b\"@example.org>",
            "XYZZY {line} {host} $1 \\1");

    @Property
    void octets_any_neverAcceptedAndRepliesValid(
            @ForAll("octets") String octets,
            @ForAll("settings") ConversationSettings settings,
            @ForAll("packetLengths") List<Integer> packetLengths) {
        Transcript.of(settings, Transcript.split(octets, packetLengths)).assertProtocolInvariants(octets);
    }

    @Property
    void octets_withStartTls_neverAcceptedAndRepliesValid(
            @ForAll("octetsWithStartTls") String octets, @ForAll("settings") ConversationSettings settings) {
        Transcript.of(settings, Transcript.split(octets, List.of(50))).assertProtocolInvariants(octets);
    }

    @Property
    void octets_splitIntoPackets_getSameReplies(
            @ForAll("octets") String octets,
            @ForAll("settings") ConversationSettings settings,
            @ForAll("packetLengths") List<Integer> packetLengths) {
        Transcript.of(settings, Transcript.split(octets, packetLengths))
                .assertSameAs(Transcript.of(settings, List.of(octets)));
    }

    @Property
    void octets_processed_leaveBufferSmall(
            @ForAll("octets") String octets, @ForAll("packetLengths") List<Integer> packetLengths) {
        LineReader reader = new LineReader();
        for (String packet : Transcript.split(octets, packetLengths)) {
            reader.feed(packet.getBytes(StandardCharsets.ISO_8859_1));
            while (reader.nextLine() != null) {
                assertThat(reader.bufferedOctets()).isLessThan(octets.length());
            }
            assertThat(reader.bufferedOctets()).isLessThan(LineReader.MAX_LINE);
            assertThat(reader.capacity()).isLessThanOrEqualTo(LineReader.MAX_LINE);
        }
    }

    @Provide
    Arbitrary<ConversationSettings> settings() {
        Arbitrary<List<String>> domains = Arbitraries.of(List.of(), List.of("example.org"));
        return Combinators.combine(Arbitraries.of(PERSONAS), domains, Arbitraries.of(true, false))
                .as((persona, names, tls) -> new ConversationSettings(
                        DialogueFile.HOST,
                        PersonaLoader.load(persona, DialogueFile.HOST, DialogueFile.MAX_SIZE),
                        new ProtectedDomains(names),
                        DialogueFile.MAX_SIZE,
                        tls));
    }

    @Provide
    Arbitrary<List<Integer>> packetLengths() {
        return Arbitraries.oneOf(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 60),
                        Arbitraries.integers().between(1, 5_000))
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    @Provide
    Arbitrary<String> octets() {
        return fragments(line()).list().ofMaxSize(60).map(list -> String.join("", list));
    }

    /** STARTTLS drops the octets after it in the same packet, so here the packets make a difference. */
    @Provide
    Arbitrary<String> octetsWithStartTls() {
        return Arbitraries.frequencyOf(
                        Tuple.of(1, Arbitraries.just("EHLO a.example\r\nSTARTTLS\r\n")), Tuple.of(9, fragments(line())))
                .list()
                .ofMaxSize(60)
                .map(list -> String.join("", list));
    }

    private static Arbitrary<String> line() {
        return Arbitraries.of(LINES).map(line -> line + "\r\n");
    }

    private static Arbitrary<String> fragments(Arbitrary<String> line) {
        return Arbitraries.frequencyOf(
                Tuple.of(8, line),
                Tuple.of(3, mutated(line)),
                Tuple.of(2, octet().list().ofMaxSize(40).map(octets -> String.join("", octets))),
                Tuple.of(1, overlong()));
    }

    private static Arbitrary<String> octet() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.of("\r", "\n", "\r\n", "\0", ".", "\u0016\u0003")),
                Tuple.of(5, Arbitraries.integers().between(0, 255).map(Character::toString)));
    }

    private static Arbitrary<String> mutated(Arbitrary<String> line) {
        return Combinators.combine(line, Arbitraries.integers().between(0, 40), octet(), Arbitraries.of(0, 1, 2))
                .as((text, position, octet, removed) -> {
                    int start = Math.min(position, text.length());
                    return text.substring(0, start) + octet + text.substring(Math.min(start + removed, text.length()));
                });
    }

    private static Arbitrary<String> overlong() {
        return Combinators.combine(Arbitraries.of(500, 2_040, 2_047, 2_048, 4_096, 20_000), octet(), line())
                .as((length, octet, line) -> "A".repeat(length) + octet + line);
    }

    @Property(tries = 5)
    void octets_validCommands_areAccepted(@ForAll @From("settings") ConversationSettings settings) {
        Transcript transcript = Transcript.of(settings, List.of("EHLO a.example\r\nMAIL FROM:<>\r\n"));
        assertThat(transcript.responses()).allMatch(response -> response.reply().code() == 250);
    }
}
