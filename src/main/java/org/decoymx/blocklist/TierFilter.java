package org.decoymx.blocklist;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.decoymx.policy.Tier;

/** Selects the entries of one tier, or of both. */
public enum TierFilter {
    SUSPECT,
    CONFIRMED,
    ALL;

    /** The filter that {@code ?tier=} names; empty if there is none. */
    public static Optional<TierFilter> parse(String text) {
        return Arrays.stream(values())
                .filter(filter -> filter.text().equals(text))
                .findFirst();
    }

    /** The value of {@code ?tier=}: {@code suspect}, {@code confirmed} or {@code all}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether entries of a tier are selected; never if the tier is not listed. */
    public boolean includes(Tier tier) {
        return switch (this) {
            case SUSPECT -> tier == Tier.SUSPECT;
            case CONFIRMED -> tier == Tier.CONFIRMED;
            case ALL -> tier.isListed();
        };
    }
}
