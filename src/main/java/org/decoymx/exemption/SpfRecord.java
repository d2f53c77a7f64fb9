package org.decoymx.exemption;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Network;
import org.jspecify.annotations.Nullable;

/**
 * An SPF record taken apart: RFC 7208 sections 4.6.1 and 12. Names in it may have macros, and need not be such as DNS can
 * be asked for.
 *
 * @param redirect the domain whose record counts where nothing here matches; null when there is none
 */
record SpfRecord(List<SpfTerm> terms, @Nullable String redirect) {
    private static final String VERSION = "v=spf1";
    private static final int MAX_LENGTH = 16_384;
    private static final int MAX_QUOTED = 80;
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;
    private static final String LENGTH = "(0|[1-9][0-9]{0,2})";
    private static final Pattern MODIFIER = Pattern.compile("([A-Za-z][A-Za-z0-9._-]*)=(.*)");
    private static final Pattern MECHANISM = Pattern.compile("([+?~-]?)([A-Za-z][A-Za-z0-9._-]*)([:/].*)?");
    private static final Pattern HOSTS = Pattern.compile("(?::(.+?))?(?:/" + LENGTH + ")?(?://" + LENGTH + ")?");
    private static final Pattern IP4 = Pattern.compile(":([0-9.]{7,15})(?:/" + LENGTH + ")?");
    private static final Pattern IP6 = Pattern.compile(":([0-9A-Fa-f:.]{2,45})(?:/" + LENGTH + ")?");
    private static final Pattern MACRO =
            Pattern.compile("%(?:[%_-]|\\{[slodiphvSLODIPHV]\\d{0,3}[rR]?[.+,/_=-]{0,7}\\})");
    private static final Pattern TOP_LABEL =
            Pattern.compile("(?=.*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

    /** Whether a TXT record is an SPF record: RFC 7208 section 4.5. */
    static boolean isOne(String text) {
        return text.regionMatches(true, 0, VERSION, 0, VERSION.length())
                && (text.length() == VERSION.length() || text.charAt(VERSION.length()) == ' ');
    }

    /**
     * Takes a record apart.
     *
     * @param text for which {@link #isOne} holds, an octet a char
     * @throws SpfError when any part of it is not as it should be
     */
    static SpfRecord parse(String text) throws SpfError {
        if (text.length() > MAX_LENGTH) {
            throw new SpfError("is longer than " + MAX_LENGTH + " octets");
        }
        List<SpfTerm> terms = new ArrayList<>();
        String redirect = null;
        boolean explained = false;
        for (String term : text.substring(VERSION.length()).split(" ", -1)) {
            Matcher modifier = MODIFIER.matcher(term);
            if (!modifier.matches()) {
                if (!term.isEmpty()) {
                    terms.add(mechanism(term));
                }
                continue;
            }
            String name = modifier.group(1).toLowerCase(Locale.ROOT);
            if (redirect != null && name.equals("redirect") || explained && name.equals("exp")) {
                throw new SpfError("has " + name + " twice");
            }
            explained |= name.equals("exp");
            if (name.equals("redirect")) {
                redirect = domain(term, modifier.group(2));
            } else if (name.equals("exp")) {
                domain(term, modifier.group(2));
            } else {
                checkMacros(term, modifier.group(2));
            }
        }
        return new SpfRecord(List.copyOf(terms), redirect);
    }

    private static SpfTerm mechanism(String term) throws SpfError {
        Matcher matcher = MECHANISM.matcher(term);
        if (!matcher.matches()) {
            throw wrong(term);
        }
        boolean passes = matcher.group(1).isEmpty() || matcher.group(1).equals("+");
        String rest = matcher.group(3) == null ? "" : matcher.group(3);
        String name = matcher.group(2).toLowerCase(Locale.ROOT);
        return switch (name) {
            case "all" -> all(term, passes, rest);
            case "ip4" -> new SpfTerm.Addresses(passes, network(term, IP4.matcher(rest), false));
            case "ip6" -> new SpfTerm.Addresses(passes, network(term, IP6.matcher(rest), true));
            case "include" -> new SpfTerm.Include(passes, domainBehindColon(term, rest));
            case "a", "mx" -> hosts(term, passes, name.equals("mx"), HOSTS.matcher(rest));
            case "exists", "ptr" -> unlistable(term, passes, rest, name.equals("ptr"));
            default -> throw wrong(term);
        };
    }

    private static SpfTerm all(String term, boolean passes, String rest) throws SpfError {
        if (!rest.isEmpty()) {
            throw wrong(term);
        }
        return new SpfTerm.All(passes);
    }

    private static SpfTerm unlistable(String term, boolean passes, String rest, boolean mayBeBare) throws SpfError {
        if (!rest.isEmpty() || !mayBeBare) {
            domainBehindColon(term, rest);
        }
        return new SpfTerm.Unlistable(passes, quoted(term));
    }

    private static Network network(String term, Matcher matcher, boolean v6) throws SpfError {
        if (!matcher.matches()) {
            throw wrong(term);
        }
        int bits = v6 ? V6_BITS : V4_BITS;
        int prefix = length(term, matcher.group(2), bits);
        Optional<Origin> base = Origin.parse(matcher.group(1));
        if (base.isEmpty() || base.get().v6() != v6) {
            throw wrong(term);
        }
        return around(base.get(), prefix);
    }

    /** The network around an address, as far as origins can be told apart. */
    static Network around(Origin origin, int prefix) {
        return new Network(origin, Math.min(prefix, Network.of(origin).prefix()));
    }

    private static SpfTerm hosts(String term, boolean passes, boolean mail, Matcher matcher) throws SpfError {
        if (!matcher.matches()) {
            throw wrong(term);
        }
        String name = matcher.group(1) == null ? "" : domain(term, matcher.group(1));
        return new SpfTerm.Hosts(
                passes, mail, name, length(term, matcher.group(2), V4_BITS), length(term, matcher.group(3), V6_BITS));
    }

    private static int length(String term, @Nullable String digits, int most) throws SpfError {
        int length = digits == null ? most : Integer.parseInt(digits);
        if (length > most) {
            throw wrong(term);
        }
        return length;
    }

    private static String domainBehindColon(String term, String rest) throws SpfError {
        if (!rest.startsWith(":")) {
            throw wrong(term);
        }
        return domain(term, rest.substring(1));
    }

    /** A domain-spec of RFC 7208 section 7.1: it ends in a macro, or in a top-level label behind a dot. */
    private static String domain(String term, String name) throws SpfError {
        checkMacros(term, name);
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        int dot = plain.lastIndexOf('.');
        boolean macroEnd = name.contains("%") && name.endsWith("}");
        if (!macroEnd
                && (dot < 0 || !TOP_LABEL.matcher(plain.substring(dot + 1)).matches())) {
            throw wrong(term);
        }
        return plain;
    }

    /** A macro-string of RFC 7208 section 7.1. */
    private static void checkMacros(String term, String text) throws SpfError {
        Matcher macro = MACRO.matcher(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                throw wrong(term);
            }
            if (c == '%') {
                if (!macro.region(i, text.length()).lookingAt()) {
                    throw wrong(term);
                }
                i = macro.end() - 1;
            }
        }
    }

    private static SpfError wrong(String term) {
        return new SpfError("has '" + quoted(term) + "', which RFC 7208 does not know");
    }

    /** What a stranger wrote, safe in a log. */
    private static String quoted(String term) {
        String plain = term.replaceAll("[^!-~]", "?");
        return plain.length() > MAX_QUOTED ? plain.substring(0, MAX_QUOTED) + "..." : plain;
    }
}
