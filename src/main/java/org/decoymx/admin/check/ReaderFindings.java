package org.decoymx.admin.check;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;
import org.decoymx.feed.FeedReaders;
import org.decoymx.feed.FeedReaders.Reader;

/** Whether somebody fetches a feed. Who only asks over DNS or the policy service is no reader. */
@Singleton
final class ReaderFindings implements FindingSource {
    private static final String ID = "readers";
    private static final Duration LATELY = Duration.ofHours(1);
    private static final String ADVICE = "See docs/consumers.md; if your mail servers only ask over DNS or the policy"
            + " service, this is all right.";

    private final Supplier<List<Reader>> readers;
    private final Clock clock;
    private final Instant start;

    @Inject
    ReaderFindings(FeedReaders readers, Clock clock) {
        this(readers::latest, clock);
    }

    /**
     * @param readers finds the readers, the latest first
     */
    ReaderFindings(Supplier<List<Reader>> readers, Clock clock) {
        this.readers = readers;
        this.clock = clock;
        start = clock.instant();
    }

    @Override
    public List<Finding> find() {
        Instant recently = clock.instant().minus(LATELY);
        List<Reader> known = readers.get();
        if (known.isEmpty()) {
            String text = "Nobody has fetched a feed since the start at " + start.truncatedTo(ChronoUnit.SECONDS) + ".";
            return List.of(
                    start.isBefore(recently) ? Finding.warning(ID, text, ADVICE) : Finding.unknown(ID, text, ADVICE));
        }
        Reader latest = known.get(0);
        String text = "The last reader of a feed was " + latest.client() + ", which fetched " + latest.feed() + " at "
                + latest.at().truncatedTo(ChronoUnit.SECONDS) + ".";
        return List.of(latest.at().isBefore(recently) ? Finding.warning(ID, text, ADVICE) : Finding.ok(ID, text));
    }
}
