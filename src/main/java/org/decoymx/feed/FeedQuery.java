package org.decoymx.feed;

import io.vertx.core.MultiMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.feed.FeedFilter.FamilyFilter;

/** Parses the query parameters of the feeds. Error messages go to the client and do not repeat its input. */
final class FeedQuery {
    private static final String FAMILY = "family";
    private static final String TIER = "tier";
    private static final String MIN_POINTS = "min-points";
    private static final String AGGREGATE = "aggregate";
    private static final String SINCE = "since";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}");
    /** As {@link org.decoymx.blocklist.Blocklist#versionText} writes it. */
    private static final Pattern VERSION = Pattern.compile("([0-9]{1,12})(?:-([0-9a-f]{6}))?");
    /** No blocklist has this version. */
    private static final long UNKNOWN_VERSION = -1;

    private final MultiMap parameters;

    private FeedQuery(MultiMap parameters, Set<String> names) {
        this.parameters = parameters;
        for (String name : parameters.names()) {
            if (!names.contains(name) || parameters.getAll(name).size() > 1) {
                throw new IllegalArgumentException("Unknown or repeated parameter; allowed is at most one each of "
                        + String.join(", ", names.stream().sorted().toList()));
            }
        }
    }

    /**
     * Parses the parameters of a feed.
     *
     * @param defaultTier the tier if there is no parameter
     * @throws IllegalArgumentException if a parameter is unknown, repeated or not valid
     */
    static FeedFilter parseFilter(MultiMap parameters, TierFilter defaultTier) {
        FeedQuery query = new FeedQuery(parameters, Set.of(FAMILY, TIER, MIN_POINTS, AGGREGATE));
        return new FeedFilter(query.family(), query.tier(defaultTier), query.minPoints(), query.aggregate());
    }

    /**
     * Parses the parameters of the changes and of the event stream.
     *
     * @throws IllegalArgumentException if a parameter is unknown or repeated
     */
    static FeedQuery parseChanges(MultiMap parameters) {
        return new FeedQuery(parameters, Set.of(FAMILY, TIER, SINCE));
    }

    /** What selects the changes; the confirmed senders by default, as who follows changes is mostly a firewall. */
    FeedFilter changesFilter() {
        return FeedFilter.of(family(), tier(TierFilter.CONFIRMED));
    }

    private TierFilter tier(TierFilter defaultTier) {
        return findValue(TIER)
                .map(text ->
                        TierFilter.parse(text).orElseThrow(() -> invalidParameter(TIER, "suspect, confirmed or all")))
                .orElse(defaultTier);
    }

    private FamilyFilter family() {
        return findValue(FAMILY)
                .map(text -> switch (text) {
                    case "4" -> FamilyFilter.V4;
                    case "6" -> FamilyFilter.V6;
                    default -> throw invalidParameter(FAMILY, "4 or 6");
                })
                .orElse(FamilyFilter.BOTH);
    }

    private boolean aggregate() {
        return findValue(AGGREGATE)
                .map(text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw invalidParameter(AGGREGATE, "true or false");
                })
                .orElse(false);
    }

    private int minPoints() {
        long points =
                findValue(MIN_POINTS).map(text -> parseNumber(MIN_POINTS, text)).orElse(0L);
        if (points > FeedFilter.MAX_POINTS) {
            throw invalidParameter(MIN_POINTS, "a whole number up to " + FeedFilter.MAX_POINTS);
        }
        return (int) points;
    }

    /**
     * The version that the client has, as far as it is one of this node.
     *
     * @param node see {@link org.decoymx.blocklist.Blocklist#node}
     */
    Optional<Long> since(String node) {
        return findValue(SINCE).map(text -> parseVersion(SINCE, text, node));
    }

    private Optional<String> findValue(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** The version in a parameter or header field; one that another node gave is unknown here. */
    static long parseVersion(String name, String text, String node) {
        Matcher version = VERSION.matcher(text);
        if (!version.matches()) {
            throw invalidParameter(name, "a whole number");
        }
        return node.equals(Objects.requireNonNullElse(version.group(2), ""))
                ? Long.parseLong(version.group(1))
                : UNKNOWN_VERSION;
    }

    static long parseNumber(String name, String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw invalidParameter(name, "a whole number");
        }
        return Long.parseLong(text);
    }

    private static IllegalArgumentException invalidParameter(String name, String allowed) {
        return new IllegalArgumentException(name + " must be " + allowed);
    }
}
