package org.decoymx.admin.check;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * A result of the check.
 *
 * @param id its name, which stays the same: {@code source-address}
 * @param text what is so: one line
 * @param advice what to do: one line; empty if there is nothing to do
 */
public record Finding(String id, Level level, String text, String advice) {

    /** How bad it is, from good to bad. */
    public enum Level {
        OK("state-ok", "Works"),
        /** It is not known yet, or cannot be found out. */
        UNKNOWN("tag", "Attention"),
        /** The decoy works, but less well than it could, or not for long. */
        WARNING("state-warn", "Attention"),
        PROBLEM("state-bad", "Trouble");

        private final String style;
        private final String word;

        Level(String style, String word) {
            this.style = style;
            this.word = word;
        }

        /** The class in the style sheet. */
        public String style() {
            return style;
        }

        /** The word for it on the overview. */
        public String word() {
            return word;
        }

        /** The name in JSON and for people: {@code ok}. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String id, String text) {
        return new Finding(id, Level.OK, text, "");
    }

    static Finding unknown(String id, String text, String advice) {
        return new Finding(id, Level.UNKNOWN, text, advice);
    }

    static Finding warning(String id, String text, String advice) {
        return new Finding(id, Level.WARNING, text, advice);
    }

    static Finding problem(String id, String text, String advice) {
        return new Finding(id, Level.PROBLEM, text, advice);
    }
}
