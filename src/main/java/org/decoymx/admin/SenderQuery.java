package org.decoymx.admin;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.support.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /senders} asks for.
 *
 * @param since listed at this time or later
 * @param text the beginning of an address, a network, or a part of a reason that was given by hand; empty for all
 * @param page from 1
 * @param size maximum number of entries of a page
 */
record SenderQuery(TierFilter tier, Instant since, String text, int page, int size) {
    private static final int DEFAULT_SIZE = 100;
    private static final int MAX_PAGE = 1_000_000;
    private static final int MAX_TEXT = 200;
    private static final int GROUP_BITS = 16;
    private static final int FIRST_GROUP = 48;
    private static final int V4_OCTETS = 4;
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern ADDRESS_PART = Pattern.compile("[0-9.]+|[0-9a-f]*:[0-9a-f:.]*");

    /**
     * Parses the parameters; null for one that is not given.
     *
     * @throws IllegalArgumentException if one is not valid; the message says what is allowed
     */
    static SenderQuery parse(
            @Nullable String tier,
            @Nullable String since,
            @Nullable String text,
            @Nullable String page,
            @Nullable String size) {
        String searched = text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
        if (searched.length() > MAX_TEXT) {
            throw new IllegalArgumentException("q: must have at most " + MAX_TEXT + " characters");
        }
        return new SenderQuery(
                tier == null ? TierFilter.ALL : parseTier(tier),
                since == null || since.isEmpty() ? Instant.EPOCH : parseTime(since),
                searched,
                parseNumber("page", page, 1, MAX_PAGE),
                parseNumber("size", size, DEFAULT_SIZE, SenderList.MAX_PAGE_SIZE));
    }

    private static TierFilter parseTier(String text) {
        return TierFilter.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "tier: '" + PrintableText.escape(text) + "' is not one of suspect, confirmed, all"));
    }

    private static Instant parseTime(String text) {
        try {
            return DATE.matcher(text).matches()
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "since: '" + PrintableText.escape(text) + "' is not a valid time (example: 2026-12-31T18:00:00Z)");
        }
    }

    private static int parseNumber(String name, @Nullable String text, int otherwise, int max) {
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[1-9][0-9]{0,6}") || Integer.parseInt(text) > max) {
            throw new IllegalArgumentException(
                    name + ": '" + PrintableText.escape(text) + "' is not a whole number from 1 to " + max);
        }
        return Integer.parseInt(text);
    }

    /** Tests an entry. */
    Predicate<BlocklistEntry> filter(ManualDecisions decisions) {
        Predicate<BlocklistEntry> matchesText = textFilter(decisions);
        long second = since.getEpochSecond();
        return entry -> entry.since() >= second && tier.includes(entry.tier()) && matchesText.test(entry);
    }

    private Predicate<BlocklistEntry> textFilter(ManualDecisions decisions) {
        if (text.isEmpty()) {
            return entry -> true;
        }
        if (text.indexOf('/') >= 0) {
            IpPrefix network = IpText.parseNetwork(PrintableText.escape(text));
            return entry -> network.contains(entry.network());
        }
        if (ADDRESS_PART.matcher(text).matches()) {
            return addressFilter();
        }
        Set<IpPrefix> found = decisions.search(text);
        return entry -> found.contains(entry.network());
    }

    /** Tests few entries by their text, because a million would take too long. */
    private Predicate<BlocklistEntry> addressFilter() {
        IpPrefix network = completePart(text);
        if (network == null) {
            return entry -> entry.v6() && text.indexOf(':') < 0
                    ? Long.toHexString(entry.network().high() >>> FIRST_GROUP).startsWith(text)
                    : entry.text().startsWith(text);
        }
        boolean isNetwork = (text.endsWith(".") || text.endsWith(":"))
                && !text.contains("::")
                && IpText.print(network).startsWith(text);
        return entry ->
                network.contains(entry.network()) && (isNetwork || entry.text().startsWith(text));
    }

    /** The network that the complete octets or groups at the beginning of an address are; null if it is not known. */
    private static @Nullable IpPrefix completePart(String text) {
        int zeros = text.indexOf("::");
        int end = zeros >= 0 ? zeros : Math.max(text.lastIndexOf(':'), text.lastIndexOf('.'));
        if (end <= 0) {
            return null;
        }
        String part = text.substring(0, end);
        int parts = part.split("[:.]", -1).length;
        try {
            return IpText.parseNetwork(
                    text.indexOf(':') >= 0
                            ? part + "::/" + GROUP_BITS * parts
                            : part + ".0".repeat(V4_OCTETS - parts) + "/" + Byte.SIZE * parts);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
