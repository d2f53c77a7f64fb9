package org.decoymx.feed;

import java.time.Instant;
import java.util.Map;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.TierFilter;

/** A feed format. To add a format, add a method to {@link LineFormats}, or a bean that extends this class. */
abstract class FeedFormat implements Renderable {
    static final String TEXT_PLAIN = "text/plain;charset=UTF-8";

    private final String name;
    private final TierFilter defaultTier;
    private final String mediaType;
    private final String consumer;
    private final String example;

    /**
     * @param name the name in {@code /feeds/{format}}
     * @param defaultTier the tier of the entries if the request names none: both only for consumers that can treat a
     *     suspect in another way than a confirmed sender, or that only report
     * @param mediaType the media type, with a charset for text
     * @param consumer the programs that read the format, for people
     * @param example a shell command that fetches the feed; {@code {url}} stands for its URL
     */
    FeedFormat(String name, TierFilter defaultTier, String mediaType, String consumer, String example) {
        this.name = name;
        this.defaultTier = defaultTier;
        this.mediaType = mediaType;
        this.consumer = consumer;
        this.example = example;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final TierFilter defaultTier() {
        return defaultTier;
    }

    @Override
    public final String mediaType() {
        return mediaType;
    }

    final String consumer() {
        return consumer;
    }

    final String example(String url) {
        return example.replace("{url}", url);
    }

    /**
     * Additional files below {@code /feeds/{format}/} by name, for consumers that read several files. Returns the same
     * objects on each call, because they are keys of the cache.
     */
    Map<String, Renderable> files() {
        return Map.of();
    }

    /**
     * The comment at the start of a feed. In trial and observe mode its first line is the mode warning. The last line
     * says which tier is missing, so that a short list does not surprise.
     *
     * @param commentMark starts each line
     */
    static String headerComment(FeedView view, String commentMark) {
        Blocklist listing = view.listing();
        return (listing.isEnforced() ? "" : commentMark + " " + modeWarning(listing) + "\n")
                + commentMark
                + " decoymx: senders that talked to a decoy mail server behind the worst-priority MX.\n"
                + commentMark
                + " version " + listing.versionText(view.version()) + ", of " + Instant.ofEpochSecond(view.version())
                + ", entries "
                + view.size()
                + '\n'
                + (view.filter().tier() == TierFilter.ALL
                        ? ""
                        : commentMark + " tier " + view.filter().tier().text() + " only; ?tier=all selects both\n");
    }

    /** The last line of NDJSON formats, which have no comments. */
    static void writeMetadata(FeedView view, FeedWriter writer) {
        Blocklist listing = view.listing();
        writer.append("{\"type\":\"metadata\",\"timestamp\":").append(view.version());
        writer.append(",\"records\":").append(view.size());
        writer.append(",\"tier\":").appendJsonString(view.filter().tier().text());
        if (!listing.isEnforced()) {
            writer.append(",\"warning\":").appendJsonString(modeWarning(listing));
        }
        writer.append("}\n");
    }

    /** Warns consumers that this blocklist must not be enforced. */
    static String modeWarning(Blocklist listing) {
        if (listing.isObserveOnly()) {
            return "OBSERVE: decoy.policy.mode is observe, so this feed is empty; see /stats for what would be listed.";
        }
        return "TRIAL: decoy.domains is not set, so all recipients are protected and private addresses are listed."
                + " Do not block with this list.";
    }
}
