package org.decoymx.admin;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.policy.Tier;
import org.decoymx.support.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /senders} asks for.
 *
 * @param tier null for all
 * @param since listed at this time or later
 * @param text the beginning of an address, a network, or a part of a reason that was given by hand; empty for all
 * @param page from 1
 * @param size maximum number of entries of a page
 */
record SenderQuery(@Nullable Tier tier, Instant since, String text, int page, int size) {
    private static final int DEFAULT_SIZE = 100;
    private static final int MAX_PAGE = 1_000_000;
    private static final int MAX_TEXT = 200;
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
                parseTier(tier == null ? "all" : tier),
                since == null ? Instant.EPOCH : parseTime(since),
                searched,
                parseNumber("page", page, 1, MAX_PAGE),
                parseNumber("size", size, DEFAULT_SIZE, SenderList.MAX_PAGE_SIZE));
    }

    private static @Nullable Tier parseTier(String text) {
        return switch (text) {
            case "all" -> null;
            case "suspect" -> Tier.SUSPECT;
            case "confirmed" -> Tier.CONFIRMED;
            default ->
                throw new IllegalArgumentException(
                        "tier: '" + PrintableText.escape(text) + "' is not one of suspect, confirmed, all");
        };
    }

    private static Instant parseTime(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
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
        return entry -> entry.since() >= second && (tier == null || entry.tier() == tier) && matchesText.test(entry);
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
            return entry -> entry.text().startsWith(text);
        }
        Set<IpPrefix> found = decisions.search(text);
        return entry -> found.contains(entry.network());
    }
}
