package org.decoymx.exemption;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.support.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * A parsed SPF record (RFC 7208, sections 4.6.1 and 12). Names may contain macros, and may not be valid DNS names.
 *
 * @param redirect the domain whose record applies when no mechanism matches; null when there is none
 */
record SpfRecord(List<SpfMechanism> mechanisms, @Nullable String redirect) {
    private static final String VERSION = "v=spf1";
    private static final int MAX_LENGTH = 16_384;
    private static final int MAX_QUOTED = 80;
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;
    private static final String PREFIX_LENGTH = "(0|[1-9][0-9]{0,2})";
    private static final Pattern MODIFIER = Pattern.compile("([A-Za-z][A-Za-z0-9._-]*)=(.*)");
    private static final Pattern MECHANISM = Pattern.compile("([+?~-]?)([A-Za-z][A-Za-z0-9._-]*)([:/].*)?");
    private static final Pattern A_OR_MX =
            Pattern.compile("(?::(.+?))?(?:/" + PREFIX_LENGTH + ")?(?://" + PREFIX_LENGTH + ")?");
    private static final Pattern IP4 = Pattern.compile(":([0-9.]{7,15})(?:/" + PREFIX_LENGTH + ")?");
    private static final Pattern IP6 = Pattern.compile(":([0-9A-Fa-f:.]{2,45})(?:/" + PREFIX_LENGTH + ")?");
    private static final Pattern MACRO =
            Pattern.compile("%(?:[%_-]|\\{[slodiphvSLODIPHV]\\d{0,3}[rR]?[.+,/_=-]{0,7}\\})");
    private static final Pattern TOP_LABEL =
            Pattern.compile("(?=.*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

    /** Whether a TXT record is an SPF record (RFC 7208, section 4.5). */
    static boolean isSpfRecord(String text) {
        return text.regionMatches(true, 0, VERSION, 0, VERSION.length())
                && (text.length() == VERSION.length() || text.charAt(VERSION.length()) == ' ');
    }

    /**
     * Parses a record.
     *
     * @param text a record for which {@link #isSpfRecord} is true, one char per octet
     * @throws SpfPermErrorException when any term is invalid
     */
    static SpfRecord parse(String text) throws SpfPermErrorException {
        if (text.length() > MAX_LENGTH) {
            throw new SpfPermErrorException("is longer than " + MAX_LENGTH + " octets");
        }
        List<SpfMechanism> terms = new ArrayList<>();
        String redirect = null;
        boolean hasExp = false;
        for (String term : text.substring(VERSION.length()).split(" ", -1)) {
            Matcher modifier = MODIFIER.matcher(term);
            if (!modifier.matches()) {
                if (!term.isEmpty()) {
                    terms.add(parseMechanism(term));
                }
                continue;
            }
            String name = modifier.group(1).toLowerCase(Locale.ROOT);
            if (redirect != null && name.equals("redirect") || hasExp && name.equals("exp")) {
                throw new SpfPermErrorException("has more than one " + name + " modifier");
            }
            hasExp |= name.equals("exp");
            if (name.equals("redirect")) {
                redirect = parseDomainSpec(term, modifier.group(2));
            } else if (name.equals("exp")) {
                parseDomainSpec(term, modifier.group(2));
            } else {
                checkMacros(term, modifier.group(2));
            }
        }
        return new SpfRecord(List.copyOf(terms), redirect);
    }

    private static SpfMechanism parseMechanism(String term) throws SpfPermErrorException {
        Matcher matcher = MECHANISM.matcher(term);
        if (!matcher.matches()) {
            throw syntaxError(term);
        }
        boolean passes = matcher.group(1).isEmpty() || matcher.group(1).equals("+");
        String rest = matcher.group(3) == null ? "" : matcher.group(3);
        String name = matcher.group(2).toLowerCase(Locale.ROOT);
        return switch (name) {
            case "all" -> parseAll(term, passes, rest);
            case "ip4" -> new SpfMechanism.IpMechanism(passes, parseNetwork(term, IP4.matcher(rest), false));
            case "ip6" -> new SpfMechanism.IpMechanism(passes, parseNetwork(term, IP6.matcher(rest), true));
            case "include" -> new SpfMechanism.IncludeMechanism(passes, parseDomainAfterColon(term, rest));
            case "a", "mx" -> parseHosts(term, passes, name.equals("mx"), A_OR_MX.matcher(rest));
            case "exists", "ptr" -> parseNonEnumerable(term, passes, rest, name.equals("ptr"));
            default -> throw syntaxError(term);
        };
    }

    private static SpfMechanism parseAll(String term, boolean passes, String rest) throws SpfPermErrorException {
        if (!rest.isEmpty()) {
            throw syntaxError(term);
        }
        return new SpfMechanism.AllMechanism(passes);
    }

    private static SpfMechanism parseNonEnumerable(String term, boolean passes, String rest, boolean domainOptional)
            throws SpfPermErrorException {
        if (!rest.isEmpty() || !domainOptional) {
            parseDomainAfterColon(term, rest);
        }
        return new SpfMechanism.NonEnumerable(passes, PrintableText.toAscii(term, MAX_QUOTED));
    }

    private static IpPrefix parseNetwork(String term, Matcher matcher, boolean v6) throws SpfPermErrorException {
        if (!matcher.matches()) {
            throw syntaxError(term);
        }
        int bits = v6 ? V6_BITS : V4_BITS;
        int prefixLength = parsePrefixLength(term, matcher.group(2), bits);
        Optional<IpPrefix> base = IpText.parseHostNetwork(matcher.group(1));
        if (base.isEmpty() || base.get().v6() != v6) {
            throw syntaxError(term);
        }
        return base.get().around(prefixLength);
    }

    private static SpfMechanism parseHosts(String term, boolean passes, boolean mx, Matcher matcher)
            throws SpfPermErrorException {
        if (!matcher.matches()) {
            throw syntaxError(term);
        }
        String name = matcher.group(1) == null ? "" : parseDomainSpec(term, matcher.group(1));
        return new SpfMechanism.HostMechanism(
                passes,
                mx,
                name,
                parsePrefixLength(term, matcher.group(2), V4_BITS),
                parsePrefixLength(term, matcher.group(3), V6_BITS));
    }

    private static int parsePrefixLength(String term, @Nullable String digits, int max) throws SpfPermErrorException {
        int length = digits == null ? max : Integer.parseInt(digits);
        if (length > max) {
            throw syntaxError(term);
        }
        return length;
    }

    private static String parseDomainAfterColon(String term, String rest) throws SpfPermErrorException {
        if (!rest.startsWith(":")) {
            throw syntaxError(term);
        }
        return parseDomainSpec(term, rest.substring(1));
    }

    /** Parses a domain-spec (RFC 7208, section 7.1): it ends in a macro, or in a dot and a top-level label. */
    private static String parseDomainSpec(String term, String name) throws SpfPermErrorException {
        checkMacros(term, name);
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        int dot = plain.lastIndexOf('.');
        boolean macroEnd = name.contains("%") && name.endsWith("}");
        if (!macroEnd
                && (dot < 0 || !TOP_LABEL.matcher(plain.substring(dot + 1)).matches())) {
            throw syntaxError(term);
        }
        return plain;
    }

    /** Checks a macro-string (RFC 7208, section 7.1). */
    private static void checkMacros(String term, String text) throws SpfPermErrorException {
        Matcher macro = MACRO.matcher(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                throw syntaxError(term);
            }
            if (c == '%') {
                if (!macro.region(i, text.length()).lookingAt()) {
                    throw syntaxError(term);
                }
                i = macro.end() - 1;
            }
        }
    }

    private static SpfPermErrorException syntaxError(String term) {
        return new SpfPermErrorException(
                "has '" + PrintableText.toAscii(term, MAX_QUOTED) + "', which is not valid (RFC 7208, section 12)");
    }
}
