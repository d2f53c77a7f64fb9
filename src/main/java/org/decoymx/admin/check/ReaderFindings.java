package org.decoymx.admin.check;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.decoymx.feed.FeedReaders;
import org.decoymx.feed.FeedReaders.Reader;

/** Whether somebody fetches a feed. Who only asks over DNS or the policy service is no reader. */
@Singleton
final class ReaderFindings implements FindingSource {
    private static final String ID = "readers";
    private static final Duration LATELY = Duration.ofHours(1);
    private static final String ADVICE = "See docs/consumers.md; if your mail servers only ask over DNS or the policy"
            + " service, this is all right.";

    private final FeedReaders readers;
    private final Clock clock;
    private final Instant start;

    ReaderFindings(FeedReaders readers, Clock clock) {
        this.readers = readers;
        this.clock = clock;
        start = clock.instant();
    }

    @Override
    public List<Finding> find() {
        return List.of(judge(readers.latest(), start, clock.instant()));
    }

    /**
     * @param readers the latest first
     */
    static Finding judge(List<Reader> readers, Instant start, Instant now) {
        Instant recently = now.minus(LATELY);
        if (readers.isEmpty()) {
            String text = "Nobody has fetched a feed since the start at " + start.truncatedTo(ChronoUnit.SECONDS) + ".";
            return start.isBefore(recently) ? Finding.warning(ID, text, ADVICE) : Finding.unknown(ID, text, ADVICE);
        }
        Reader latest = readers.get(0);
        String text = "The last reader of a feed was " + latest.client() + ", which fetched " + latest.feed() + " at "
                + latest.at().truncatedTo(ChronoUnit.SECONDS) + ".";
        return latest.at().isBefore(recently) ? Finding.warning(ID, text, ADVICE) : Finding.ok(ID, text);
    }
}
