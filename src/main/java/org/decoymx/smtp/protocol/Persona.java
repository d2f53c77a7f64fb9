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
 * A set of reply texts, one for each {@link ReplyText}, so that spamware cannot recognize the decoy by its replies.
 * Placeholders such as {@code {helo}} are replaced when a reply is sent. Replies without any, or with {@code {host}}
 * only, are encoded once.
 */
public final class Persona {

    /** The placeholders, written in lower case, with hyphens, and in braces. */
    enum Placeholder {
        HOST,
        CLIENT,
        DATE,
        /** The date with two digits for the day, as Exim has it. */
        DATE_PADDED,
        /** The date with the name of the time zone, as Sendmail has it. */
        DATE_GMT,
        HELO,
        SENDER,
        RECIPIENT,
        LINE
    }

    private static final String ENHANCED_STATUS_CODES = "ENHANCEDSTATUSCODES";

    /** The ESMTP extensions that every persona announces, in an order of its own. */
    private static final Set<String> EXTENSIONS = Set.of("PIPELINING", "SIZE", "STARTTLS", "8BITMIME", "SMTPUTF8");

    /** Those that a persona announces or not; without {@value #ENHANCED_STATUS_CODES}, no reply has such a code. */
    private static final Set<String> OPTIONAL_EXTENSIONS = Set.of(ENHANCED_STATUS_CODES, "HELP");

    private static final String EXTENSIONS_KEY = "extensions";
    private static final int MAX_TEXT_LENGTH = 1_000;
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    /** An enhanced status code (RFC 3463 section 2) before the text: the persona's own. */
    private static final Pattern OWN_CODE = Pattern.compile("([245])\\.\\d{1,3}\\.\\d{1,3} (?=.)");

    private final Map<ReplyText, String> texts = new EnumMap<>(ReplyText.class);
    private final Map<ReplyText, String> enhancedCodes = new EnumMap<>(ReplyText.class);
    private final Map<ReplyText, Reply> precomputedReplies = new EnumMap<>(ReplyText.class);
    private final List<String> extensions;

    /**
     * @param properties the text of each {@link ReplyText#personaKey}, and the order of the EHLO keywords at {@code
     *     extensions}
     * @param hostname the name in greeting and replies
     * @param maxSize the limit that SIZE announces, in octets (RFC 1870)
     * @throws IllegalArgumentException if a text is missing or cannot be sent; the message names the key
     */
    public Persona(Map<String, String> properties, String hostname, long maxSize) {
        checkKeys(properties.keySet());
        List<String> order = parseExtensionOrder(properties.getOrDefault(EXTENSIONS_KEY, ""));
        for (ReplyText replyText : ReplyText.values()) {
            String text = checkText(replyText.personaKey(), properties.getOrDefault(replyText.personaKey(), ""))
                    .replace("{host}", hostname);
            addText(replyText, text, order.contains(ENHANCED_STATUS_CODES));
        }
        extensions = order.stream()
                .map(e -> e.equals("SIZE") ? "SIZE " + maxSize : e)
                .toList();
    }

    private void addText(ReplyText replyText, String text, boolean hasEnhancedCodes) {
        String enhanced = replyText.enhancedStatusCode();
        Matcher own = OWN_CODE.matcher(text);
        boolean hasOwn = !enhanced.isEmpty() && own.lookingAt();
        if (hasOwn && !enhanced.startsWith(own.group(1))) {
            throw new IllegalArgumentException("'" + replyText.personaKey() + "' begins with "
                    + own.group().strip() + "; an enhanced status code of this reply begins with "
                    + enhanced.charAt(0));
        }
        String plain = hasOwn ? text.substring(own.end()) : text;
        String code = hasOwn ? own.group().strip() : enhanced;
        texts.put(replyText, plain);
        enhancedCodes.put(replyText, hasEnhancedCodes ? code : "");
        if (!PLACEHOLDER.matcher(plain).find()) {
            precomputedReplies.put(replyText, toReply(replyText, plain));
        }
    }

    private Reply toReply(ReplyText replyText, String text) {
        return Reply.of(replyText.code(), enhancedCodes.getOrDefault(replyText, ""), text);
    }

    private static void checkKeys(Set<String> keys) {
        Set<String> known = Arrays.stream(ReplyText.values())
                .map(ReplyText::personaKey)
                .collect(Collectors.toCollection(TreeSet::new));
        known.add(EXTENSIONS_KEY);
        for (String key : keys) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(
                        "'" + key + "' is not a valid key; allowed are " + String.join(", ", known));
            }
        }
    }

    private static String checkText(String key, String text) {
        if (text.isBlank() || text.length() > MAX_TEXT_LENGTH || !OctetStrings.isPrintable(text.replace("\n", ""))) {
            throw new IllegalArgumentException("'" + key + "' must be 1 to " + MAX_TEXT_LENGTH
                    + " printable ASCII characters, with \\n between lines");
        }
        for (MatchResult braces : PLACEHOLDER.matcher(text).results().toList()) {
            if (Arrays.stream(Placeholder.values())
                    .noneMatch(p -> placeholderName(p).equals(braces.group(1)))) {
                throw new IllegalArgumentException("'" + key + "' contains " + braces.group() + "; allowed are "
                        + Stream.of(Placeholder.values())
                                .map(p -> "{" + placeholderName(p) + "}")
                                .collect(Collectors.joining(", ")));
            }
        }
        return text;
    }

    private static List<String> parseExtensionOrder(String text) {
        List<String> order = Arrays.asList(text.strip().split("\\s+"));
        Set<String> optional = new TreeSet<>(order);
        optional.removeAll(EXTENSIONS);
        if (order.size() != EXTENSIONS.size() + optional.size()
                || !order.containsAll(EXTENSIONS)
                || !OPTIONAL_EXTENSIONS.containsAll(optional)) {
            throw new IllegalArgumentException("'" + EXTENSIONS_KEY + "' must contain each of "
                    + new TreeSet<>(EXTENSIONS) + " once, in any order, and may contain "
                    + new TreeSet<>(OPTIONAL_EXTENSIONS));
        }
        return order;
    }

    private static String placeholderName(Placeholder placeholder) {
        return placeholder.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The reply for a reply text; {@code values} is called only for the placeholders in it. */
    Reply reply(ReplyText replyText, Function<Placeholder, String> values) {
        Reply precomputed = precomputedReplies.get(replyText);
        return precomputed != null ? precomputed : toReply(replyText, expandPlaceholders(replyText, values));
    }

    /** The greeting's first line, if its last line is delayed. */
    Reply greetingFirstLine(Function<Placeholder, String> values) {
        return Reply.greetingFirstLine(ReplyText.GREETING.code(), expandPlaceholders(ReplyText.GREETING, values));
    }

    /** The reply to EHLO with the keywords of RFC 5321 section 4.1.1.1. */
    Reply ehloReply(boolean startTls, Function<Placeholder, String> values) {
        List<String> lines = new ArrayList<>();
        lines.add(expandPlaceholders(ReplyText.EHLO, values));
        extensions.stream().filter(e -> startTls || !e.equals("STARTTLS")).forEach(lines::add);
        return Reply.of(ReplyText.EHLO.code(), "", String.join("\n", lines));
    }

    private String expandPlaceholders(ReplyText replyText, Function<Placeholder, String> values) {
        return PLACEHOLDER
                .matcher(texts.getOrDefault(replyText, ""))
                .replaceAll(m -> Matcher.quoteReplacement(values.apply(
                        Placeholder.valueOf(m.group(1).toUpperCase(Locale.ROOT).replace('-', '_')))));
    }
}
