package org.decoymx.smtp.protocol;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command verbs of RFC 5321 section 4.1.1 and of the extensions that the decoy implements. */
public enum Verb {
    /** A missing verb, or one that the decoy does not implement. */
    UNKNOWN(0),
    NOOP(0),
    RSET(0),
    HELP(0),
    VRFY(0),
    EXPN(0),
    QUIT(0),
    HELO(1),
    EHLO(1),
    /** RFC 3207. */
    STARTTLS(1),
    /** RFC 4954. */
    AUTH(1),
    MAIL(2),
    RCPT(3),
    DATA(4),
    /** RFC 3030. */
    BDAT(4);

    private static final Map<String, Verb> BY_NAME =
            Stream.of(values()).filter(v -> v != UNKNOWN).collect(Collectors.toMap(Verb::name, Function.identity()));

    private final int depth;

    Verb(int depth) {
        this.depth = depth;
    }

    /** Whether this verb comes later in a conversation than {@code other}. */
    public boolean isDeeperThan(Verb other) {
        return depth > other.depth;
    }

    static Verb parse(String word) {
        return BY_NAME.getOrDefault(word.toUpperCase(Locale.ROOT), UNKNOWN);
    }
}
