package org.decoymx.smtp.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words that a decoy speaks in, so that spamware cannot tell it by its text. A persona is a set of words, one for
 * each {@link ReplyText}; {@code {host}} and the other {@link Placeholder}s stand for what is known when it speaks. Replies
 * that need nothing but the host name are made once.
 */
public final class Persona {

    /** What may stand in braces in a persona's words. */
    enum Placeholder {
        HOST,
        CLIENT,
        DATE,
        HELO,
        SENDER,
        RECIPIENT,
        LINE
    }

    /** The ESMTP extensions that every persona announces, each in the order it likes. */
    private static final Set<String> EXTENSIONS =
            Set.of("PIPELINING", "SIZE", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8");

    private static final String EXTENSIONS_KEY = "extensions";
    private static final int MAX_TEXT_LENGTH = 1_000;
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    private final Map<ReplyText, String> texts = new EnumMap<>(ReplyText.class);
    private final Map<ReplyText, Reply> precomputedReplies = new EnumMap<>(ReplyText.class);
    private final List<String> extensions;

    /**
     * @param words for each phrase's key its words, and under {@code extensions} the order of the EHLO keywords
     * @param host the name in greeting and replies
     * @param maxSize what SIZE announces, in octets (RFC 1870)
     * @throws IllegalArgumentException for words that are missing or cannot be sent; the message names the key
     */
    public Persona(Map<String, String> words, String host, long maxSize) {
        checkKeys(words.keySet());
        for (ReplyText phrase : ReplyText.values()) {
            String text = checkText(phrase.personaKey(), words.getOrDefault(phrase.personaKey(), ""))
                    .replace("{host}", host);
            this.texts.put(phrase, text);
            if (!PLACEHOLDER.matcher(text).find()) {
                precomputedReplies.put(phrase, Reply.of(phrase.code(), phrase.enhancedStatusCode(), text));
            }
        }
        extensions = parseExtensionOrder(words.getOrDefault(EXTENSIONS_KEY, "")).stream()
                .map(e -> e.equals("SIZE") ? "SIZE " + maxSize : e)
                .toList();
    }

    private static void checkKeys(Set<String> keys) {
        Set<String> known = Arrays.stream(ReplyText.values())
                .map(ReplyText::personaKey)
                .collect(Collectors.toCollection(TreeSet::new));
        known.add(EXTENSIONS_KEY);
        for (String key : keys) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(
                        "'" + key + "' is no phrase; allowed are " + String.join(", ", known));
            }
        }
    }

    private static String checkText(String key, String text) {
        if (text.isBlank() || text.length() > MAX_TEXT_LENGTH || !OctetStrings.isPrintable(text.replace("\n", ""))) {
            throw new IllegalArgumentException("'" + key + "' must be 1 to " + MAX_TEXT_LENGTH
                    + " printable ASCII characters, lines parted by \\n");
        }
        for (MatchResult braces : PLACEHOLDER.matcher(text).results().toList()) {
            if (Arrays.stream(Placeholder.values())
                    .noneMatch(p -> placeholderName(p).equals(braces.group(1)))) {
                throw new IllegalArgumentException("'" + key + "' holds " + braces.group() + "; allowed are "
                        + Stream.of(Placeholder.values())
                                .map(p -> "{" + placeholderName(p) + "}")
                                .collect(Collectors.joining(", ")));
            }
        }
        return text;
    }

    private static List<String> parseExtensionOrder(String text) {
        List<String> order = Arrays.asList(text.strip().split("\\s+"));
        if (order.size() != EXTENSIONS.size() || !EXTENSIONS.containsAll(order) || !order.containsAll(EXTENSIONS)) {
            throw new IllegalArgumentException(
                    "'" + EXTENSIONS_KEY + "' must name each of " + new TreeSet<>(EXTENSIONS) + " once, in any order");
        }
        return order;
    }

    private static String placeholderName(Placeholder placeholder) {
        return placeholder.name().toLowerCase(Locale.ROOT);
    }

    /** The reply for a phrase; {@code known} is asked only for the placeholders that stand in its words. */
    Reply reply(ReplyText phrase, Function<Placeholder, String> known) {
        Reply made = precomputedReplies.get(phrase);
        return made != null
                ? made
                : Reply.of(phrase.code(), phrase.enhancedStatusCode(), expandPlaceholders(phrase, known));
    }

    /** The greeting's first line, when its last one is held back. */
    Reply greetingFirstLine(Function<Placeholder, String> known) {
        return Reply.greetingFirstLine(ReplyText.GREETING.code(), expandPlaceholders(ReplyText.GREETING, known));
    }

    /** The answer to EHLO with the keywords of RFC 5321 section 4.1.1.1. */
    Reply ehloReply(boolean startTls, Function<Placeholder, String> known) {
        List<String> lines = new ArrayList<>();
        lines.add(expandPlaceholders(ReplyText.EHLO, known));
        extensions.stream().filter(e -> startTls || !e.equals("STARTTLS")).forEach(lines::add);
        return Reply.of(ReplyText.EHLO.code(), "", String.join("\n", lines));
    }

    private String expandPlaceholders(ReplyText phrase, Function<Placeholder, String> known) {
        return PLACEHOLDER
                .matcher(texts.getOrDefault(phrase, ""))
                .replaceAll(m -> Matcher.quoteReplacement(
                        known.apply(Placeholder.valueOf(m.group(1).toUpperCase(Locale.ROOT)))));
    }
}
