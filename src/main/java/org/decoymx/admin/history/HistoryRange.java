package org.decoymx.admin.history;

import jakarta.ws.rs.BadRequestException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.policy.HourCounts;

/** A time until now for which there are numbers. */
public enum HistoryRange {
    DAY("24h", "24 hours", Duration.ofHours(24)),
    WEEK("7d", "7 days", Duration.ofDays(7)),
    MONTH("30d", "30 days", Duration.ofDays(30)),
    YEAR("1y", "year", Duration.ofDays(365));

    private static final Duration MAX_BY_HOUR = Duration.ofDays(7);

    private final String key;
    private final String words;
    private final Duration duration;

    HistoryRange(String key, String words, Duration duration) {
        this.key = key;
        this.words = words;
        this.duration = duration;
    }

    /** Finds a range by its key: 400 if there is none. */
    public static HistoryRange parse(String key) {
        return Stream.of(values())
                .filter(range -> range.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new BadRequestException("range must be one of "
                        + Stream.of(values()).map(HistoryRange::key).collect(Collectors.joining(", "))));
    }

    /** All ranges, the shortest first, for a template. */
    public List<HistoryRange> choices() {
        return List.of(values());
    }

    /** The value of the query parameter: {@code 24h}. */
    public String key() {
        return key;
    }

    /** For a sentence: the last {@code 24 hours}. */
    public String words() {
        return words;
    }

    Duration duration() {
        return duration;
    }

    /** The length of a step in seconds: an hour, or a day in UTC. */
    long step() {
        return duration.compareTo(MAX_BY_HOUR) <= 0
                ? HourCounts.HOUR
                : Duration.ofDays(1).toSeconds();
    }
}
