package org.decoymx.exemption;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names as DNS has them: RFC 1035 section 2.3.4. */
final class DnsName {
    private static final int MAX_LENGTH = 253;
    private static final int MAX_LABEL_LENGTH = 63;
    private static final Pattern DOMAIN = Pattern.compile("[a-z0-9_-]+(?:\\.[a-z0-9_-]+)+");

    private DnsName() {}

    /** Whether a name can be asked for: of a bounded length, of printable ASCII, and without empty labels. */
    static boolean isValid(String name) {
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
     * A domain as people write it, as DNS has it: in lower case, without a dot at its end, and as RFC 5891 says beyond
     * ASCII.
     *
     * @throws IllegalArgumentException when it is none; the message quotes it and says what is allowed
     */
    static String parseDomain(String written) {
        String plain = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
        String name;
        try {
            // all that belongs to RFC 5891 is loaded only where it is needed
            boolean ascii = plain.chars().allMatch(c -> c < 0x80);
            name = (ascii ? plain : IDN.toASCII(plain, IDN.ALLOW_UNASSIGNED)).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            name = "";
        }
        if (!DOMAIN.matcher(name).matches() || !isValid(name)) {
            throw new IllegalArgumentException("'" + written + "' is no domain name; write it like example.org");
        }
        return name;
    }
}
