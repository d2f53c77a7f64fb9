package org.decoymx.smtp.protocol;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The argument of MAIL or RCPT taken apart: a path and its ESMTP parameters (RFC 5321 sections 4.1.2 and 4.1.1.11).
 * Blanks behind the colon, a missing pair of angle brackets and dots in odd places of a local part pass, as they do
 * with the mail servers in use; a stricter reading would bounce good mail.
 */
sealed interface EnvelopeArgument {

    /** A well-formed argument. Parameter names are in upper case, a parameter without a value has an empty one. */
    record ParsedArgument(MailPath path, Map<String, String> parameters) implements EnvelopeArgument {
        private static final Pattern SIZE = Pattern.compile("\\d{1,20}");

        /** Whether MAIL may have all of these: RFC 1870, RFC 6152, RFC 6531. */
        boolean hasOnlyMailParameters() {
            return parameters.entrySet().stream().allMatch(p -> isMailParameter(p.getKey(), p.getValue()));
        }

        private static boolean isMailParameter(String keyword, String value) {
            return switch (keyword) {
                case "SIZE" -> SIZE.matcher(value).matches();
                case "BODY" -> value.equalsIgnoreCase("7BIT") || value.equalsIgnoreCase("8BITMIME");
                case "SMTPUTF8" -> value.isEmpty();
                default -> false;
            };
        }

        /** The message's size in octets, in up to 20 digits; 0 when it was not said. */
        String size() {
            return parameters.getOrDefault("SIZE", "0");
        }

        boolean isSmtpUtf8() {
            return parameters.containsKey("SMTPUTF8");
        }

        /** RFC 6531 section 3.5: an address beyond ASCII is UTF-8, and was announced as such with MAIL. */
        boolean isAddressAllowed(boolean utf8) {
            return path.isAscii() || utf8 && OctetStrings.isUtf8(path.toString());
        }
    }

    /** An argument that breaks the grammar or its limits. */
    record MalformedArgument() implements EnvelopeArgument {}

    int MAX_LOCAL_PART = 64;
    int MAX_DOMAIN = 255;
    int MAX_LABEL = 63;
    int MAX_PATH = 256;

    /**
     * Takes an argument apart.
     *
     * @param argument what stands behind the verb
     * @param keyword {@code FROM:} or {@code TO:}
     */
    static EnvelopeArgument parse(String argument, String keyword) {
        if (!argument.regionMatches(true, 0, keyword, 0, keyword.length())) {
            return new MalformedArgument();
        }
        return new ArgumentParser(argument.substring(keyword.length()).stripLeading()).parse();
    }

    /** One pass over one argument; a position of -1 marks a broken grammar. */
    final class ArgumentParser {
        private static final Pattern PARAMETER = Pattern.compile("([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?");
        private static final Pattern ADDRESS_LITERAL = Pattern.compile("\\[[!-Z^-~]+]");
        private static final Pattern SOURCE_ROUTE = Pattern.compile("@[^:,@]+(?:,@[^:,@]+)*:");

        private final String text;

        ArgumentParser(String text) {
            this.text = text;
        }

        EnvelopeArgument parse() {
            boolean bracketed = text.startsWith("<");
            int end = bracketed ? findClosingBracket() : findFirstBlank();
            if (end < 0 || end + (bracketed ? 1 : 2) > MAX_PATH) {
                return new MalformedArgument();
            }
            MailPath path = parsePath(bracketed ? text.substring(1, end) : text.substring(0, end), bracketed);
            String rest = text.substring(bracketed ? end + 1 : end);
            Map<String, String> parameters = rest.isEmpty() ? Map.of() : new LinkedHashMap<>();
            if (path == null || !rest.isEmpty() && !(rest.startsWith(" ") && parseParameters(rest, parameters))) {
                return new MalformedArgument();
            }
            return new ParsedArgument(path, parameters);
        }

        private int findFirstBlank() {
            int blank = text.indexOf(' ');
            return blank < 0 ? text.length() : blank;
        }

        /** Where the path's closing bracket is; one inside a quoted string does not count. */
        private int findClosingBracket() {
            boolean quoted = false;
            for (int i = 1; i < text.length(); i++) {
                char c = text.charAt(i);
                if (quoted && c == '\\') {
                    i++;
                } else if (c == '"') {
                    quoted = !quoted;
                } else if (c == '>' && !quoted) {
                    return i;
                }
            }
            return -1;
        }

        private static @Nullable MailPath parsePath(String inner, boolean bracketed) {
            if (inner.isEmpty()) {
                return bracketed ? MailPath.NULL : null;
            }
            String mailbox = inner.startsWith("@") ? stripSourceRoute(inner) : inner;
            int at = mailbox.lastIndexOf('@');
            String local = at < 0 ? mailbox : mailbox.substring(0, at);
            String domain = at < 0 ? "" : stripTrailingDot(mailbox.substring(at + 1));
            MailPath path = new MailPath(local, domain);
            boolean domainIsRight = at < 0 ? path.isPostmaster() : isDomain(domain);
            return isLocalPart(local) && domainIsRight ? path : null;
        }

        /** RFC 5321 appendix F.2: a source route is taken, and ignored. */
        private static String stripSourceRoute(String inner) {
            Matcher route = SOURCE_ROUTE.matcher(inner);
            return route.lookingAt() ? inner.substring(route.end()) : inner;
        }

        private static String stripTrailingDot(String domain) {
            return domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
        }

        private static boolean isDomain(String domain) {
            return domain.length() <= MAX_DOMAIN
                    && (domain.startsWith("[") ? ADDRESS_LITERAL.matcher(domain).matches() : isDomainName(domain));
        }

        /** Labels of 1 to 63 octets: letters, digits, hyphens, and what is met in names all the same. */
        private static boolean isDomainName(String name) {
            int label = 0;
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                boolean dot = c == '.';
                boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
                if (dot && label == 0 || !dot && !letter && c != '-' && c != '_' && c < 0x80) {
                    return false;
                }
                label = dot ? 0 : label + 1;
                if (label > MAX_LABEL) {
                    return false;
                }
            }
            return label > 0;
        }

        private static boolean isLocalPart(String local) {
            if (local.isEmpty() || local.length() > MAX_LOCAL_PART) {
                return false;
            }
            return local.startsWith("\"")
                    ? isQuotedString(local)
                    : local.chars().allMatch(c -> c > ' ' && c != 0x7f && "<>()[]\\,;:\"@".indexOf(c) < 0);
        }

        private static boolean isQuotedString(String local) {
            for (int i = 1; i < local.length(); i++) {
                char c = local.charAt(i);
                if (c == '"') {
                    return i == local.length() - 1;
                }
                if (c == '\\') {
                    i++;
                }
                if (i >= local.length() || local.charAt(i) < ' ' || local.charAt(i) == 0x7f) {
                    return false;
                }
            }
            return false;
        }

        private static boolean parseParameters(String rest, Map<String, String> into) {
            for (String word : rest.strip().split(" +", -1)) {
                if (word.isEmpty()) {
                    continue;
                }
                var matcher = PARAMETER.matcher(word);
                if (!matcher.matches()) {
                    return false;
                }
                String value = matcher.group(2) == null ? "" : matcher.group(2);
                if (into.put(matcher.group(1).toUpperCase(Locale.ROOT), value) != null) {
                    return false;
                }
            }
            return true;
        }
    }
}
