package org.decoymx.blocklist;

import java.net.URI;
import org.decoymx.policy.PolicyMode;

/** Why an address is listed, in one line for those who are refused by it: printable ASCII without quotes. */
public final class RejectMessage {
    /** Octets of a line: a character-string of DNS has no more (RFC 1035 section 3.3), and a reply of SMTP has room for it. */
    public static final int MAX_OCTETS = 255;

    private static final int MAX_URL = 120;
    private static final String URL_NOT_ALLOWED = "' is not allowed; a URL is, with http or https, as"
            + " https://decoy.example.org, of printable ASCII without quotes and backslashes, " + MAX_URL
            + " octets at most";

    private static final String TEST_ENTRY_TEXT =
            "127.0.0.2 is always listed, to test the list by (RFC 5782 section 5).";

    private final String url;

    /**
     * @param publicUrl where people reach {@code /senders}; empty for nowhere
     * @throws IllegalArgumentException when it is no URL that can be said; the message quotes it
     */
    public RejectMessage(String publicUrl) {
        url = publicUrl.endsWith("/") ? publicUrl.substring(0, publicUrl.length() - 1) : publicUrl;
        if (!url.isEmpty() && !isUrl(url)) {
            throw new IllegalArgumentException("'" + publicUrl + URL_NOT_ALLOWED);
        }
    }

    private static boolean isUrl(String text) {
        if (text.length() > MAX_URL || !text.chars().allMatch(c -> c > ' ' && c <= '~' && c != '"' && c != '\\')) {
            return false;
        }
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getQuery() == null
                    && uri.getFragment() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String modePrefix(PolicyMode mode) {
        return mode == PolicyMode.TRIAL ? "TRIAL: " : "";
    }

    /** The line of the address that every DNSBL lists. */
    public static String formatTestEntry(PolicyMode mode) {
        return modePrefix(mode) + TEST_ENTRY_TEXT;
    }

    /**
     * The line: {@code 192.0.2.1 was caught by a decoy MX. It completed …; https://decoy.example.org/senders/192.0.2.1}. As
     * many of the reasons are told as there is room for.
     *
     * @param address as it is written, one of those of the entry
     * @param mode on trial it says so
     */
    public String format(String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        String link = url.isEmpty() ? "" : " See " + url + "/senders/" + address;
        StringBuilder line = new StringBuilder(modePrefix(mode)).append(address);
        if (!entry.v6() && !entry.isAddress()) {
            return line.append(" is in ")
                    .append(entry.text())
                    .append(", many addresses of which were caught by a decoy MX.")
                    .append(link)
                    .toString();
        }
        line.append(" was caught by a decoy MX.");
        for (String reason : entry.reasons()) {
            if (line.length() + 1 + reason.length() + link.length() > MAX_OCTETS) {
                break;
            }
            line.append(' ').append(reason);
        }
        return line.append(link).toString();
    }
}
