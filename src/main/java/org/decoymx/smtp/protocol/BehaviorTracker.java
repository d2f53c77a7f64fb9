package org.decoymx.smtp.protocol;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A client's manners: the traits it shows, and how many errors it may still make. */
final class BehaviorTracker {
    /** After so many 5xx replies the session ends, as with Postfix's smtpd_hard_error_limit. */
    private static final int MAX_ERRORS = 20;

    /** So many commands that lead nowhere are free, the next ones are errors: Postfix's smtpd_junk_command_limit. */
    private static final int MAX_JUNK_COMMANDS = 100;

    private static final Pattern OTHER_PROTOCOL = Pattern.compile(
            "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\xff].*|SSH-.*|RTSP/.*"
                    + "|(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|PRI) \\S.*",
            Pattern.DOTALL);

    private final EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
    private int errorCount;
    private int junkCommandCount;

    void addTrait(Trait trait) {
        traits.add(trait);
    }

    /** The traits so far, as they stay. */
    Set<Trait> traits() {
        return EnumSet.copyOf(traits);
    }

    /** Counts an error; true when it was one too many. */
    boolean countErrorAndCheckLimit() {
        boolean tooMany = ++errorCount > MAX_ERRORS;
        if (tooMany) {
            addTrait(Trait.FLOOD);
        }
        return tooMany;
    }

    /** Counts a command that leads nowhere; true when it was one too many. */
    boolean countJunkCommandAndCheckLimit() {
        return ++junkCommandCount > MAX_JUNK_COMMANDS && countErrorAndCheckLimit();
    }

    /** Whether the session's first line is another protocol's, which is noted. */
    boolean detectOtherProtocol(String opening) {
        boolean other = Command.parse(opening).verb() == Verb.UNKNOWN
                && OTHER_PROTOCOL.matcher(opening).matches();
        if (other) {
            addTrait(Trait.NOT_SMTP);
        }
        return other;
    }

    /** Notes what is false of the name in HELO. */
    void checkHeloName(String helo, String hostname, Supplier<String> ownAddress) {
        String name = helo.toLowerCase(Locale.ROOT);
        if (name.equals(hostname.toLowerCase(Locale.ROOT)) || matchesAddress(name, ownAddress)) {
            addTrait(Trait.HELO_OURS);
            addTrait(Trait.HELO_LIES);
        } else if (name.startsWith("localhost.") || name.indexOf('.') < 0 && name.indexOf(':') < 0) {
            addTrait(Trait.HELO_LIES);
        }
    }

    /** Whether a name is this address, or the address literal of it (RFC 5321 section 4.1.3). */
    private static boolean matchesAddress(String name, Supplier<String> address) {
        String literal = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        String bare = literal.startsWith("ipv6:") ? literal.substring("ipv6:".length()) : literal;
        boolean looksLikeOne =
                bare.indexOf(':') >= 0 || !bare.isEmpty() && Character.isDigit(bare.charAt(bare.length() - 1));
        return looksLikeOne && bare.equals(address.get());
    }
}
