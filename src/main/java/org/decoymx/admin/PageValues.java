package org.decoymx.admin;

import io.quarkus.qute.TemplateExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.decoymx.admin.SenderHighlights.DoubtfulSender;
import org.decoymx.policy.Tier;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.support.PrintableText;

/** How templates show values. */
@TemplateExtension
final class PageValues {
    private static final int MAX_TEXT = 500;
    private static final int FEW = 2;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private PageValues() {}

    /** A time in minutes. */
    static String utc(Instant time) {
        return TIME.format(time);
    }

    /** How long ago a time is: {@code 12 s ago}, {@code 5 min ago}, {@code 3 h ago}, {@code 2 d ago}. */
    static String ago(Instant time, Instant now) {
        Duration age = Duration.between(time, now);
        if (age.isNegative()) {
            return "just now";
        }
        if (age.toMinutes() < FEW) {
            return age.toSeconds() + " s ago";
        }
        if (age.toHours() < FEW) {
            return age.toMinutes() + " min ago";
        }
        return age.toDays() < FEW ? age.toHours() + " h ago" : age.toDays() + " d ago";
    }

    /** A text that a client sent, with its invisible characters escaped; HTML is escaped by the template. */
    static String printable(String text) {
        return PrintableText.escape(text, MAX_TEXT);
    }

    /** The name of a tier as in JSON: {@code suspect}. */
    static String text(Tier tier) {
        return tier.name().toLowerCase(Locale.ROOT);
    }

    /** Why a sender may be good. */
    static String words(DoubtfulSender sender) {
        return switch (sender.doubt()) {
            case SEEN_SINCE -> "came to the real MX since it was listed";
            case SEEN_BEFORE -> "came to the real MX before it was listed";
            case NEIGHBOR_SEEN ->
                "has a neighbor in " + sender.origin().neighborhood() + " that is not listed and came to the real MX";
            case CLEARED -> "retried as mail servers do, so it is not listed any more";
        };
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
