package org.decoymx.exemption;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Makes text from files and requests safe for logs and messages: one line of visible characters. */
final class PrintableText {
    private static final String ELLIPSIS = "…";

    private PrintableText() {}

    /** Whether a text contains only visible characters. */
    static boolean isPrintable(String text) {
        return text.codePoints().allMatch(PrintableText::isVisible);
    }

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

    /**
     * Escapes invisible characters ({@code \\u200b}), and truncates the text to {@code limit} chars with an ellipsis.
     */
    static String escape(String text, int limit) {
        StringBuilder out = new StringBuilder();
        int[] points = text.codePoints().limit(limit + 1L).toArray();
        for (int point : points) {
            String escaped = isVisible(point) ? Character.toString(point) : String.format("\\u%04x", point);
            if (out.length() + escaped.length() > limit) {
                return out.substring(0, Math.min(out.length(), limit - ELLIPSIS.length())) + ELLIPSIS;
            }
            out.append(escaped);
        }
        return out.toString();
    }

    /** Describes why a file cannot be read or written. */
    static String describe(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return Objects.requireNonNullElse(reason, e.getClass().getSimpleName());
    }
}
