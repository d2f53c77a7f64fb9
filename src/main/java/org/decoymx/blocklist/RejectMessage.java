package org.decoymx.blocklist;

import java.net.URI;
import java.util.List;
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
     * Formats the message: {@code 192.0.2.1 was caught by a decoy MX. It completed … See https://…/senders/192.0.2.1}.
     * It contains as many reasons as fit.
     *
     * @param address the text form of an address in the entry
     * @param mode in trial mode the message begins with {@code TRIAL:}
     */
    public String format(String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        return format(address, entry, mode, List.of());
    }

    /**
     * Formats the message for a suspect, whose mail is deferred: what was seen, and what happens next.
     *
     * @param address the text form of an address in the entry
     * @param mode in trial mode the message begins with {@code TRIAL:}
     */
    public String formatDeferral(String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        List<String> consequences = isByHand(entry) ? List.of() : ReturnCode.SUSPECT.consequences();
        return complete(subject(address, entry, mode), consequences, List.of(), address, entry);
    }

    /**
     * Formats the message for consumers that treat each tier in its own way, as those of the DNSBL do: it says whether
     * mail is deferred or rejected.
     *
     * @param address the text form of an address in the entry
     * @param mode in trial mode the message begins with {@code TRIAL:}
     */
    public String formatByTier(String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        if (entry.isConfirmed()) {
            return format(address, entry, mode, ReturnCode.CONFIRMED.consequences());
        }
        // a retry does not clear a sender that was listed by hand
        List<String> consequences = ReturnCode.SUSPECT.consequences();
        return isByHand(entry)
                ? format(address, entry, mode, consequences.subList(0, 1))
                : formatDeferral(address, entry, mode);
    }

    private String format(String address, Blocklist.BlocklistEntry entry, PolicyMode mode, List<String> consequences) {
        List<String> reasons = entry.isAddress() && !isByHand(entry) ? entry.reasons() : List.of();
        return complete(subject(address, entry, mode), consequences, reasons, address, entry);
    }

    private static boolean isByHand(Blocklist.BlocklistEntry entry) {
        return PackedReason.isByHand(entry.packedReason());
    }

    private static String subject(String address, Blocklist.BlocklistEntry entry, PolicyMode mode) {
        String text = modePrefix(mode) + address;
        if (isByHand(entry)) {
            return text + " was listed by hand.";
        }
        // an IPv6 /64 is listed from two addresses on, and those that an earlier version listed had one
        String count = entry.v6() ? "addresses" : "many addresses";
        return entry.isAddress()
                ? text + " was caught by a decoy MX."
                : text + " is in " + entry.text() + ", " + count + " of which were caught by a decoy MX.";
    }

    /** The text with as many sentences as fit, and the contact line if it fits; only a very long link is left out. */
    private String complete(
            String subject,
            List<String> consequences,
            List<String> reasons,
            String address,
            Blocklist.BlocklistEntry entry) {
        String fullLink = url.isEmpty() ? "" : " See " + url + "/senders/" + address;
        String link = subject.length() + fullLink.length() > MAX_OCTETS ? "" : fullLink;
        StringBuilder line = new StringBuilder(subject);
        appendWhatFits(line, consequences, link);
        String contactLine = contact.format(address, entry.tier());
        boolean fits = line.length() + 1 + contactLine.length() + link.length() <= MAX_OCTETS;
        String end = contactLine.isEmpty() || !fits ? link : " " + contactLine + link;
        appendWhatFits(line, reasons, end);
        return line + end;
    }

    private static void appendWhatFits(StringBuilder line, List<String> sentences, String end) {
        for (String sentence : sentences) {
            if (line.length() + 1 + sentence.length() + end.length() > MAX_OCTETS) {
                return;
            }
            line.append(' ').append(sentence);
        }
    }
}
