package org.decoymx.smtp.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.decoymx.smtp.protocol.ProtectedDomains;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/**
 * A parsed dialogue file; {@code src/test/resources/dialogues/README.md} describes the format.
 *
 * @param name the file name without {@code .smtp}
 * @param settings the settings at the top of the file, by key
 */
record DialogueFile(String name, Map<String, String> settings, List<Step> steps) {
    static final Path DIR = Path.of("src/test/resources/dialogues");
    static final String HOST = "mx9.decoy.test";
    static final long MAX_SIZE = 10_485_760;

    private static final Set<String> KEYS = Set.of("domains", "persona", "traits", "deepest");
    private static final Pattern SETTING = Pattern.compile("([a-z]+):(.*)");
    private static final Pattern STEP = Pattern.compile("c (?:(\\d+)x )?(->|~>|<-|<~) ?(.*)|c (tls|close)");
    private static final Pattern ESCAPE =
            Pattern.compile("\\\\(?:([rnt0\\\\])|x([0-9a-f]{2})|\\{((?:[0-9a-f]{2})+)\\*(\\d+)})|(\\\\)");

    /** One line of a dialogue. */
    sealed interface Step {
        /** Octets to send, one char for each octet. */
        record Send(String octets) implements Step {}

        /** One reply line without CRLF; {@code *} matches any text. */
        record Expect(String pattern) implements Step {
            boolean matches(String line) {
                String regex =
                        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
                return line.matches(regex);
            }
        }

        /** A number of complete replies with this code. */
        record ExpectReplies(int count, int code) implements Step {}

        /** The TLS handshake. */
        record Tls() implements Step {}

        /** The decoy closes the connection. */
        record Close() implements Step {}
    }

    static List<DialogueFile> all() throws IOException {
        try (Stream<Path> files = Files.list(DIR)) {
            List<DialogueFile> dialogues = new ArrayList<>();
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".smtp")).sorted().toList()) {
                dialogues.add(read(file));
            }
            return dialogues;
        }
    }

    private static DialogueFile read(Path file) throws IOException {
        String name = file.getFileName().toString().replace(".smtp", "");
        Map<String, String> settings = new HashMap<>();
        List<Step> steps = new ArrayList<>();
        for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
            var setting = SETTING.matcher(line);
            if (steps.isEmpty() && setting.matches()) {
                settings.put(setting.group(1), setting.group(2).strip());
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                steps.addAll(parseSteps(name, line));
            }
        }
        if (!KEYS.containsAll(settings.keySet())) {
            throw new IllegalArgumentException(name + ": allowed settings are " + KEYS + ", not " + settings.keySet());
        }
        return new DialogueFile(name, settings, steps);
    }

    private static Collection<Step> parseSteps(String name, String line) {
        var step = STEP.matcher(line);
        if (!step.matches()) {
            throw new IllegalArgumentException(name + ": '" + line + "' is not a valid step");
        }
        if (step.group(4) != null) {
            return List.of(step.group(4).equals("tls") ? new Step.Tls() : new Step.Close());
        }
        int count = step.group(1) == null ? 1 : Integer.parseInt(step.group(1));
        String text = step.group(3);
        return switch (step.group(2)) {
            case "->" -> List.of(new Step.Send(repeat(text + "\r\n", count)));
            case "~>" -> List.of(new Step.Send(repeat(unescape(text), count)));
            case "<-" ->
                IntStream.range(0, count)
                        .<Step>mapToObj(i -> new Step.Expect(text))
                        .toList();
            default -> List.of(new Step.ExpectReplies(count, Integer.parseInt(text)));
        };
    }

    private static String repeat(String text, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(n -> text.replace("{n}", String.valueOf(n)))
                .collect(Collectors.joining());
    }

    static String unescape(String text) {
        return ESCAPE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(unescape(m)));
    }

    private static String unescape(MatchResult escape) {
        if (escape.group(5) != null) {
            throw new IllegalArgumentException("a backslash does not start a valid escape");
        }
        if (escape.group(2) != null) {
            return parseHex(escape.group(2));
        }
        if (escape.group(3) != null) {
            return parseHex(escape.group(3)).repeat(Integer.parseInt(escape.group(4)));
        }
        return switch (escape.group(1)) {
            case "r" -> "\r";
            case "n" -> "\n";
            case "t" -> "\t";
            case "0" -> "\0";
            default -> "\\";
        };
    }

    private static String parseHex(String digits) {
        return new String(HexFormat.of().parseHex(digits), StandardCharsets.ISO_8859_1);
    }

    /** The settings of the decoy for this dialogue. */
    ConversationSettings conversationSettings() {
        return conversationSettings(settings.getOrDefault("persona", "classic"), settings.getOrDefault("domains", ""));
    }

    static ConversationSettings conversationSettings(String persona, String domains) {
        List<String> names = domains.isEmpty() ? List.of() : List.of(domains.split(" +", -1));
        return new ConversationSettings(
                HOST, PersonaLoader.load(persona, HOST, MAX_SIZE), new ProtectedDomains(names), MAX_SIZE, true);
    }

    /** Dialogues with the same key can share a server. */
    String serverKey() {
        return settings.getOrDefault("persona", "classic") + " for " + settings.getOrDefault("domains", "all");
    }

    /** Whether the file sets the expected traits. */
    boolean expectsTraits() {
        return settings.containsKey("traits");
    }

    /** All expected traits. */
    Set<Trait> traits() {
        Set<Trait> traits = EnumSet.noneOf(Trait.class);
        for (String word : settings.getOrDefault("traits", "none").split(" +", -1)) {
            if (!word.equals("none")) {
                traits.add(Trait.valueOf(word));
            }
        }
        return traits;
    }

    /** Whether the file sets the expected deepest verb. */
    boolean expectsDeepestVerb() {
        return settings.containsKey("deepest");
    }

    /** The expected deepest verb. */
    Verb deepestVerb() {
        return Verb.valueOf(settings.getOrDefault("deepest", "UNKNOWN"));
    }
}
