package org.decoymx.admin.check;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.decoymx.feed.FeedCheck;
import org.decoymx.feed.FeedCheck.CheckedFeed;
import org.decoymx.support.SteadyClock;
import org.jspecify.annotations.Nullable;

/** Whether the list can be rendered and read back. As it may have a million entries, only every 10 minutes. */
@Singleton
final class FeedFindings implements FindingSource {
    private static final String ID = "feeds";
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private final Supplier<CheckedFeed> check;
    private final Clock durations;
    private @Nullable CheckedFeed latest;
    private Instant checkedAt = Instant.MIN;

    @Inject
    FeedFindings(FeedCheck check, SteadyClock clock) {
        this(check::check, clock.durations());
    }

    FeedFindings(Supplier<CheckedFeed> check, Clock durations) {
        this.check = check;
        this.durations = durations;
    }

    @Override
    public List<Finding> find() {
        Instant now = durations.instant();
        CheckedFeed checked = latest;
        if (checked == null || now.isAfter(checkedAt.plus(INTERVAL))) {
            checked = check.get();
            latest = checked;
            checkedAt = now;
        }
        return List.of(
                checked.problem().isEmpty()
                        ? Finding.ok(ID, "The feed can be read: " + checked.entries() + " entries.")
                        : Finding.problem(
                                ID,
                                "The feed cannot be read: " + checked.problem() + ".",
                                "This is an error of the decoy; report it with the log."));
    }
}
