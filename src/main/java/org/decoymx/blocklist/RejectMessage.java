package org.decoymx.blocklist;

import java.net.URI;
import org.decoymx.policy.ExplainTemplate;
import org.decoymx.policy.PolicyMode;

/** The reason of a listing in one line, for people whose mail is rejected: printable ASCII without quotes. */
public final class RejectMessage {
    /** Maximum octets: those of a DNS character-string (RFC 1035 section 3.3). It also fits into an SMTP reply line. */
    public static final int MAX_OCTETS = 255;

    private static final int MAX_URL = 120;
    private static final String INVALID_URL = "' is not a valid URL (example: https://decoy.example.org; http or https,"
            + " without query and fragment, printable ASCII without quotes and backslashes, at most " + MAX_URL
            + " octets)";

    private static final String TEST_ENTRY_TEXT = "127.0.0.2 is always listed, for tests (RFC 5782 section 5).";

    private final String url;
    private final ExplainTemplate contact;

    /**
     * A message without the contact line of the site.
     *
     * @param publicUrl the URL below which people reach {@code /senders}; empty for no link
     * @throws IllegalArgumentException if the URL is not valid; the message quotes it
     */
    public RejectMessage(String publicUrl) {
        this(publicUrl, ExplainTemplate.NONE);
    }

    /** With a contact line, where it fits. */
    RejectMessage(String publicUrl, ExplainTemplate contact) {
        this.contact = contact;
        url = publicUrl.endsWith("/") ? publicUrl.substring(0, publicUrl.length() - 1) : publicUrl;
        if (!url.isEmpty() && !isUrl(url)) {
            throw new IllegalArgumentException("'" + publicUrl + INVALID_URL);
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

    /** The message for 127.0.0.2, which every DNSBL lists. */
    public static String formatTestEntry(PolicyMode mode) {
        return modePrefix(mode) + TEST_ENTRY_TEXT;
    }

    /**
     * Formats the message for a suspect, whose mail is deferred: what was seen, and what happens next.
     *
     * @param address the text form of an address in the entry
     * @param mode in trial mode the message begins with {@code TRIAL:}
     */
    public String formatDeferral(String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        boolean isNetwork = !entry.isAddress();
        if (PackedReason.isByHand(entry.packedReason())) {
            return formatByHand(address, entry, mode);
        }
        String subject = isNetwork ? address + " is in " + entry.text() + ", of which " + count(entry) : address;
        String text = modePrefix(mode) + subject + (isNetwork ? " were" : " was") + " caught by a decoy MX. Mail is"
                + " deferred, not rejected: it is accepted when your mail server tries again later.";
        return text + contact(text, address, entry) + link(address);
    }

    /** An IPv6 /64 is listed from two addresses on, and those that an earlier version listed had one. */
    private static String count(Blocklist.BlocklistEntry network) {
        return network.v6() ? "addresses" : "many addresses";
    }

    private String formatByHand(String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        String text = modePrefix(mode) + address + " was listed by hand.";
        return text + contact(text, address, entry) + link(address);
    }

    /** The contact line after a text; empty if there is no room for it. */
    private String contact(String text, String address, Blocklist.BlocklistEntry entry) {
        String line = contact.format(address, entry.tier());
        boolean fits = text.length() + 1 + line.length() + link(address).length() <= MAX_OCTETS;
        return line.isEmpty() || !fits ? "" : " " + line;
    }

    private String link(String address) {
        return url.isEmpty() ? "" : " See " + url + "/senders/" + address;
    }

    /**
     * Formats the message: {@code 192.0.2.1 was caught by a decoy MX. It completed … See https://…/senders/192.0.2.1}.
     * It contains as many reasons as fit.
     *
     * @param address the text form of an address in the entry
     * @param mode in trial mode the message begins with {@code TRIAL:}
     */
    public String format(String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        if (PackedReason.isByHand(entry.packedReason())) {
            return formatByHand(address, entry, mode);
        }
        StringBuilder line = new StringBuilder(modePrefix(mode)).append(address);
        if (!entry.isAddress()) {
            line.append(" is in " + entry.text() + ", " + count(entry) + " of which were caught by a decoy MX.");
            return line + contact(line.toString(), address, entry) + link(address);
        }
        line.append(" was caught by a decoy MX.");
        String end = contact(line.toString(), address, entry) + link(address);
        for (String reason : entry.reasons()) {
            if (line.length() + 1 + reason.length() + end.length() > MAX_OCTETS) {
                break;
            }
            line.append(' ').append(reason);
        }
        return line + end;
    }
}
