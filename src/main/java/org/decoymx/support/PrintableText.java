package org.decoymx.support;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Makes text that users or strangers control safe for logs and messages: one bounded line of visible characters. */
public final class PrintableText {
    private static final int DEFAULT_LIMIT = 100;
    private static final String ELLIPSIS = "…";
    private static final String ASCII_ELLIPSIS = "...";

    private PrintableText() {}

    /** Whether a text contains only visible characters. */
    public static boolean isPrintable(String text) {
        return text.codePoints().allMatch(PrintableText::isVisible);
    }

    /** The first of some names, separated by commas, and the number of the others. */
    public static String join(Collection<String> names, int max) {
        return names.stream().limit(max).collect(Collectors.joining(", "))
                + (names.size() > max ? " and " + (names.size() - max) + " more" : "");
    }

    /** Control and format characters, such as bidirectional marks, are not visible. */
    private static boolean isVisible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** Like {@link #escape(String, int)}, with a limit of 100 chars. */
    public static String escape(String text) {
        return escape(text, DEFAULT_LIMIT);
    }

    /**
     * Escapes invisible characters ({@code \\u200b}), and truncates the text to {@code limit} chars with an ellipsis.
     */
    public static String escape(String text, int limit) {
        StringBuilder out = new StringBuilder();
        int[] points = text.codePoints().limit(limit + 1L).toArray();
        for (int point : points) {
            String escaped =
                    isVisible(point) ? Character.toString(point) : String.format(Locale.ROOT, "\\u%04x", point);
            if (out.length() + escaped.length() > limit) {
                return out.substring(0, Math.min(out.length(), limit - ELLIPSIS.length())) + ELLIPSIS;
            }
            out.append(escaped);
        }
        return out.toString();
    }

    /**
     * For the octets of other hosts: replaces all but printable ASCII by {@code ?}, and truncates the text to
     * {@code limit} chars, followed by three dots.
     */
    public static String toAscii(String text, int limit) {
        String start = text.length() > limit ? text.substring(0, limit) + ASCII_ELLIPSIS : text;
        return start.replaceAll("[^ -~]", "?");
    }
}
