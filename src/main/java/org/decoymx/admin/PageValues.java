package org.decoymx.admin;

import io.quarkus.qute.TemplateExtension;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.support.PrintableText;

/** How templates show values. */
@TemplateExtension
final class PageValues {
    private static final int MAX_TEXT = 500;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private PageValues() {}

    /** A time in minutes. */
    static String utc(Instant time) {
        return TIME.format(time);
    }

    /** A text that a client sent, with its invisible characters escaped; HTML is escaped by the template. */
    static String printable(String text) {
        return PrintableText.escape(text, MAX_TEXT);
    }

    /** How a session ended. */
    static String words(Outcome outcome) {
        return switch (outcome) {
            case OPEN -> "it has not ended";
            case QUIT -> "it sent QUIT";
            case LEFT -> "it left without QUIT";
            case TIMED_OUT -> "it was silent for too long";
            case CLOSED -> "the decoy closed it";
            case SHUT_DOWN -> "the decoy was stopped";
        };
    }
}
