package org.decoymx.dns;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;

/** Validates and normalizes domain names (RFC 1035, section 2.3.4). */
public final class DnsName {
    private static final int MAX_LENGTH = 253;
    private static final int MAX_LABEL_LENGTH = 63;
    private static final Pattern DOMAIN = Pattern.compile("[a-z0-9_-]+(?:\\.[a-z0-9_-]+)+");

    private DnsName() {}

    /** Whether a name can be queried: within the length limits, printable ASCII, without empty labels. */
    public static boolean isValid(String name) {
        int start = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i == name.length() || name.charAt(i) == '.') {
                if (i == start || i - start > MAX_LABEL_LENGTH) {
                    return false;
                }
                start = i + 1;
            } else if (name.charAt(i) <= ' ' || name.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return name.length() <= MAX_LENGTH;
    }

    /**
     * Normalizes a configured domain name: lower case, without a trailing dot, non-ASCII labels encoded (RFC 5891).
     *
     * @throws IllegalArgumentException when the name is not valid; the message quotes it and gives an example
     */
    public static String parseDomain(String domain) {
        String withoutDot = domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
        String name;
        try {
            // ASCII names do not load the IDN tables
            boolean ascii = withoutDot.chars().allMatch(c -> c < 0x80);
            name = (ascii ? withoutDot : IDN.toASCII(withoutDot, IDN.ALLOW_UNASSIGNED)).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            name = "";
        }
        if (!DOMAIN.matcher(name).matches() || !isValid(name)) {
            throw new IllegalArgumentException("'" + domain + "' is not a valid domain name (example: example.org)");
        }
        return name;
    }
}
