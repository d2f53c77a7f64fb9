package org.decoymx.sighting;

import java.net.IDN;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reverse-path and a recipient in a form that is the same for each attempt to deliver a message, and however the
 * decoy, the policy service or a log writes it.
 *
 * @param reversePath local part and domain in lower case, without tags, each run of digits in the local part as
 *     {@code #}; empty for {@code <>}
 * @param recipient local part and domain in lower case
 */
public record Envelope(String reversePath, String recipient) {
    /** A longer path is cut; RFC 5321 section 4.5.3.1.3 allows 256 octets. */
    private static final int MAX_LENGTH = 512;

    private static final int MAX_TAGS = 4;
    private static final Pattern SOURCE_ROUTE = Pattern.compile("@[^:]*:");

    /** BATV, also as SparkPost and Barracuda write it: {@code prvs=1234abcdef=user}, {@code btv1==1234abcd==user}. */
    private static final Pattern BATV = Pattern.compile("(?:ms)?prvs1?=[^=@]{1,64}=(.+)|btv1==[^=@]{1,64}==(.+)");
    /** The draft's other order: {@code prvs=user/1234abcdef}. */
    private static final Pattern OLD_BATV = Pattern.compile("prvs=([^=@/]+)/[0-9a-f]{4,16}");
    /** {@code srs0=hash=day=domain=user}: the sender of forwarded mail. */
    private static final Pattern SRS0 = Pattern.compile("(?:.*\\+srs|srs0)[=+-][^=]{1,64}=[^=]{1,8}=([^=]+)=(.+)");
    /** {@code srs1=hash=forwarder==hash=day=domain=user}: forwarded twice. */
    private static final Pattern SRS1 =
            Pattern.compile("srs1[=+-][^=]{1,64}=[^=]+=[=+-][^=]{1,64}=[^=]{1,8}=([^=]+)=(.+)");
    /** {@code bounces+srs=hash=day}: names no address, but its hash changes. */
    private static final Pattern BARE_SRS = Pattern.compile("(.*\\+srs)=[^=]{1,64}=[^=]{1,8}");

    /**
     * The normal form. Never fails: what is no path is kept in lower case.
     *
     * @param reversePath with or without angle brackets; octets as chars, or Unicode
     * @param recipient likewise
     * @param firstDomain the first protected domain, of which {@code <postmaster>} is meant
     */
    public static Envelope of(String reversePath, String recipient, String firstDomain) {
        return new Envelope(foldDigits(normalize(reversePath, firstDomain)), normalize(recipient, firstDomain));
    }

    /**
     * The domain of a recipient as the MX records of it are looked up: in lower case, as A-labels. Unlike in the normal
     * form, it is not the original domain of a rewritten address.
     *
     * @param recipient as {@link #of} takes it
     * @return the first domain if the recipient has none
     */
    static String domainOf(String recipient, String firstDomain) {
        String mailbox = mailbox(recipient);
        int at = mailbox.lastIndexOf('@');
        return domain(at < 0 ? firstDomain : mailbox.substring(at + 1));
    }

    /**
     * Each run of digits before the domain as {@code #}: mailing lists number their messages, some of them each
     * attempt. A retry comes with the same domain; senders in numbered domains are different ones.
     */
    private static String foldDigits(String path) {
        int at = path.lastIndexOf('@');
        int end = at < 0 ? path.length() : at;
        StringBuilder folded = new StringBuilder(path.length());
        boolean inDigits = false;
        for (int i = 0; i < end; i++) {
            char c = path.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            if (!digit || !inDigits) {
                folded.append(digit ? '#' : c);
            }
            inDigits = digit;
        }
        return folded.append(path, end, path.length()).toString();
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String normalize(String path, String firstDomain) {
        String mailbox = mailbox(path);
        int at = mailbox.lastIndexOf('@');
        String local = localPart(at < 0 ? mailbox : mailbox.substring(0, at));
        if (at < 0) {
            return local.equals("postmaster") ? local + "@" + domain(firstDomain) : local;
        }
        return withoutTags(local, domain(mailbox.substring(at + 1)));
    }

    private static String mailbox(String path) {
        String text = decode(withoutBrackets(cut(path)));
        return text.startsWith("@") ? withoutRoute(text) : text;
    }

    private static String withoutRoute(String path) {
        Matcher route = SOURCE_ROUTE.matcher(path);
        return route.lookingAt() ? path.substring(route.end()) : path;
    }

    private static String cut(String path) {
        return path.length() > MAX_LENGTH ? path.substring(0, MAX_LENGTH) : path;
    }

    private static String withoutBrackets(String path) {
        String text = path.strip();
        return text.length() > 1 && text.startsWith("<") && text.endsWith(">")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    /** Decodes UTF-8 (RFC 6531) if each char is an octet, so that octets and text have the same normal form. */
    private static String decode(String text) {
        if (isAscii(text) || text.chars().anyMatch(c -> c > 0xff)) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return text;
        }
    }

    private static String localPart(String local) {
        String text = local;
        if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1");
        }
        String composed = isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
        return composed.toLowerCase(Locale.ROOT);
    }

    /** The name as A-labels in lower case; as it is if it has none, as an address literal. */
    private static String domain(String name) {
        String text = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (isAscii(text)) {
            return text.toLowerCase(Locale.ROOT);
        }
        try {
            return IDN.toASCII(text, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return text.toLowerCase(Locale.ROOT);
        }
    }

    /** The address without what changes from one attempt or day to the next; tags may be nested. */
    private static String withoutTags(String localPart, String domainName) {
        String local = localPart;
        String domain = domainName;
        for (int i = 0; i < MAX_TAGS && local.indexOf('=') >= 0; i++) {
            Matcher srs = matchSrs(local);
            if (srs.matches()) {
                domain = domain(srs.group(1));
                local = srs.group(2);
                continue;
            }
            String untagged = withoutBatv(local);
            if (untagged.equals(local)) {
                break;
            }
            local = untagged;
        }
        return local + "@" + domain;
    }

    private static Matcher matchSrs(String local) {
        return (local.startsWith("srs1") ? SRS1 : SRS0).matcher(local);
    }

    private static String withoutBatv(String local) {
        Matcher batv = BATV.matcher(local);
        if (batv.matches()) {
            return batv.group(1) == null ? batv.group(2) : batv.group(1);
        }
        Matcher old = OLD_BATV.matcher(local);
        if (old.matches()) {
            return old.group(1);
        }
        Matcher srs = BARE_SRS.matcher(local);
        return srs.matches() ? srs.group(1) : local;
    }
}
