package org.decoymx.exemption;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Text of files and of their troubles, made fit for a log, a page and a sentence: one line of what can be seen. */
final class PrintableText {
    private static final String ELLIPSIS = "…";

    private PrintableText() {}

    /** Whether nothing in a text needs to be escaped. */
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

    /** A text of so many chars at most; a longer one ends in an ellipsis, and what cannot be seen is {@code \\u200b}. */
    static String escape(String text, int limit) {
        StringBuilder out = new StringBuilder();
        int[] points = text.codePoints().limit(limit + 1L).toArray();
        for (int point : points) {
            String shown = isVisible(point) ? Character.toString(point) : String.format("\\u%04x", point);
            if (out.length() + shown.length() > limit) {
                return out.substring(0, Math.min(out.length(), limit - ELLIPSIS.length())) + ELLIPSIS;
            }
            out.append(shown);
        }
        return out.toString();
    }

    /** Why a file cannot be read or written, in words. */
    static String describe(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "the decoy may not";
        }
        String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return Objects.requireNonNullElse(reason, e.getClass().getSimpleName());
    }
}
