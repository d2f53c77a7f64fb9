package org.decoymx.smtp.protocol;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parsed argument of MAIL or RCPT: a path and its ESMTP parameters (RFC 5321 sections 4.1.2 and 4.1.1.11). Blanks
 * after the colon, missing angle brackets and misplaced dots in a local part are accepted, as common mail servers do; a
 * stricter parser would bounce good mail.
 */
sealed interface EnvelopeArgument {

    /** A well-formed argument. Parameter names are in upper case; the value of a parameter without one is empty. */
    record ParsedArgument(MailPath path, Map<String, String> parameters) implements EnvelopeArgument {
        private static final Pattern SIZE = Pattern.compile("\\d{1,20}");

        /** Whether all parameters are valid for MAIL: RFC 1870, RFC 6152, RFC 6531. */
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

        /** The declared size of the message in octets, up to 20 digits; 0 if there is no SIZE parameter. */
        String size() {
            return parameters.getOrDefault("SIZE", "0");
        }

        boolean isSmtpUtf8() {
            return parameters.containsKey("SMTPUTF8");
        }

        /** RFC 6531 section 3.5: a non-ASCII address must be UTF-8, and MAIL must have the parameter SMTPUTF8. */
        boolean isAddressAllowed(boolean utf8) {
            return path.isAscii() || utf8 && OctetStrings.isUtf8(path.toString());
        }
    }

    /** An argument that violates the grammar or its limits. */
    record MalformedArgument() implements EnvelopeArgument {}

    int MAX_DOMAIN = 255;
    int MAX_LABEL = 63;
    int MAX_PATH = 256;

    /**
     * Parses an argument.
     *
     * @param argument the text after the verb
     * @param keyword {@code FROM:} or {@code TO:}
     */
    static EnvelopeArgument parse(String argument, String keyword) {
        if (!argument.regionMatches(true, 0, keyword, 0, keyword.length())) {
            return new MalformedArgument();
        }
        return new ArgumentParser(argument.substring(keyword.length()).stripLeading()).parse();
    }

    /** Parses one argument in one pass; a position of -1 means that the argument is malformed. */
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

        /** The index of the path's closing bracket, outside of quoted strings. */
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

        private static @Nullable MailPath parsePath(String path, boolean bracketed) {
            if (path.isEmpty()) {
                return bracketed ? MailPath.NULL : null;
            }
            String mailbox = path.startsWith("@") ? stripSourceRoute(path) : path;
            int at = mailbox.lastIndexOf('@');
            String local = at < 0 ? mailbox : mailbox.substring(0, at);
            String domain = at < 0 ? "" : stripTrailingDot(mailbox.substring(at + 1));
            MailPath parsed = new MailPath(local, domain);
            boolean validDomain = at < 0 ? parsed.isPostmaster() : isDomain(domain);
            return isLocalPart(local) && validDomain ? parsed : null;
        }

        /** RFC 5321 appendix F.2: a server accepts a source route and ignores it. */
        private static String stripSourceRoute(String path) {
            Matcher route = SOURCE_ROUTE.matcher(path);
            return route.lookingAt() ? path.substring(route.end()) : path;
        }

        private static String stripTrailingDot(String domain) {
            return domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
        }

        /** No longer than {@link #MAX_PATH} allows, which is less than {@link #MAX_DOMAIN}. */
        private static boolean isDomain(String domain) {
            return domain.startsWith("[") ? ADDRESS_LITERAL.matcher(domain).matches() : isDomainName(domain);
        }

        /** Labels of 1 to 63 octets. Underscores and non-ASCII octets are allowed too, as they occur in real names. */
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

        /** It may be longer than 64 octets, as that of bounce addresses often is (RFC 5321 section 4.5.3.1). */
        private static boolean isLocalPart(String local) {
            if (local.isEmpty()) {
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

        private static boolean parseParameters(String rest, Map<String, String> parameters) {
            for (String word : rest.strip().split(" +", -1)) {
                if (word.isEmpty()) {
                    continue;
                }
                var matcher = PARAMETER.matcher(word);
                if (!matcher.matches()) {
                    return false;
                }
                String value = matcher.group(2) == null ? "" : matcher.group(2);
                if (parameters.put(matcher.group(1).toUpperCase(Locale.ROOT), value) != null) {
                    return false;
                }
            }
            return true;
        }
    }
}
