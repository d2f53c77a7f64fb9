package org.decoymx.smtp.protocol;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Collects the traits of one client, and counts its errors and junk commands against their limits. */
final class BehaviorTracker {
    /** 5xx replies before the session is closed, as Postfix's smtpd_hard_error_limit. */
    private static final int MAX_ERRORS = 20;

    /** Junk commands that are free; each further one is an error. The same as Postfix's smtpd_junk_command_limit. */
    private static final int MAX_JUNK_COMMANDS = 100;

    private static final Pattern OTHER_PROTOCOL = Pattern.compile(
            "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\xff].*|SSH-.*|RTSP/.*"
                    + "|(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|PRI) \\S.*",
            Pattern.DOTALL);

    /** Addresses in RFC 5952 form that many hosts have: loopback, private, link-local, shared (RFC 6598). */
    private static final Pattern NOT_UNIQUE = Pattern.compile("(?:10|127|169\\.254|192\\.168)\\..*"
            + "|172\\.(?:1[6-9]|2\\d|3[01])\\..*|100\\.(?:6[4-9]|[7-9]\\d|1[01]\\d|12[0-7])\\..*"
            + "|::1|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*");

    private final EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
    private int errorCount;
    private int junkCommandCount;

    void addTrait(Trait trait) {
        traits.add(trait);
    }

    /** Records the trait that a command with this reply shows, if it shows one. */
    void addTraitShownBy(ReplyText replyText) {
        switch (replyText) {
            case HELO_FIRST, NESTED_MAIL, MAIL_FIRST, RCPT_FIRST -> addTrait(Trait.BAD_ORDER);
            case RELAY -> addTrait(Trait.RELAY_PROBE);
            case TOO_MANY_RECIPIENTS -> addTrait(Trait.MANY_RECIPIENTS);
            case NO_AUTH -> addTrait(Trait.AUTH_PROBE);
            case BARE_NEWLINE -> addTrait(Trait.BARE_NEWLINE);
            default -> {
                // says nothing about the client
            }
        }
    }

    /** A copy of the traits that were recorded so far. */
    Set<Trait> traits() {
        return EnumSet.copyOf(traits);
    }

    /** Counts an error, and returns whether the limit is exceeded. */
    boolean countErrorAndCheckLimit() {
        boolean tooMany = ++errorCount > MAX_ERRORS;
        if (tooMany) {
            addTrait(Trait.FLOOD);
        }
        return tooMany;
    }

    /** Counts a junk command (NOOP, RSET, ...), and returns whether the error limit is exceeded. */
    boolean countJunkCommandAndCheckLimit() {
        return ++junkCommandCount > MAX_JUNK_COMMANDS && countErrorAndCheckLimit();
    }

    /** Whether the session's first line belongs to another protocol; if so, records {@link Trait#NOT_SMTP}. */
    boolean detectOtherProtocol(String firstLine) {
        boolean other = Command.parse(firstLine).verb() == Verb.UNKNOWN
                && OTHER_PROTOCOL.matcher(firstLine).matches();
        if (other) {
            recordOtherProtocol();
        }
        return other;
    }

    /** The client of another protocol does not know that it had to wait for a greeting. */
    void recordOtherProtocol() {
        addTrait(Trait.NOT_SMTP);
        traits.remove(Trait.EARLY_TALKER);
    }

    /** Records whether the name in HELO is ours or cannot be the client's (RFC 5321 section 4.1.1.1). */
    void checkHeloName(String helo, String hostname, Supplier<String> ownAddress) {
        String name = helo.toLowerCase(Locale.ROOT);
        if (name.equals(hostname.toLowerCase(Locale.ROOT)) || matchesAddress(name, ownAddress)) {
            addTrait(Trait.HELO_OURS);
            addTrait(Trait.HELO_LIES);
        } else if (name.startsWith("localhost.") || name.indexOf('.') < 0 && name.indexOf(':') < 0) {
            addTrait(Trait.HELO_LIES);
        }
    }

    /**
     * Whether a name is this address or its address literal (RFC 5321 section 4.1.3). Behind NAT the address is
     * private, and a client may have the same one in its own network.
     */
    private static boolean matchesAddress(String name, Supplier<String> address) {
        String literal = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        String bare = literal.startsWith("ipv6:") ? literal.substring("ipv6:".length()) : literal;
        boolean looksLikeAddress =
                bare.indexOf(':') >= 0 || !bare.isEmpty() && Character.isDigit(bare.charAt(bare.length() - 1));
        return looksLikeAddress && !NOT_UNIQUE.matcher(bare).matches() && bare.equals(address.get());
    }
}
