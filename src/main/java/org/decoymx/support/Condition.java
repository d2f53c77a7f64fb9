package org.decoymx.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether something works: ok, or failing since when and why. Logs when it begins to fail and when it recovers, once
 * each, and is the data of health checks. Thread-safe.
 */
public final class Condition {
    private final Clock clock;
    private final Duration minLogInterval;
    private @Nullable Failure failure;
    private @Nullable String loggedKind;
    private @Nullable Instant loggedAt;

    /**
     * What is wrong.
     *
     * @param since when it began
     * @param reason the latest reason
     */
    public record Failure(Instant since, String reason) {}

    /** Logs each transition. */
    public Condition(Clock clock) {
        this(clock, Duration.ZERO);
    }

    /**
     * @param minLogInterval minimum time between two messages, for something that fails and recovers often
     */
    public Condition(Clock clock, Duration minLogInterval) {
        this.clock = clock;
        this.minLogInterval = minLogInterval;
    }

    /** Records a failure. Logs it unless it is already logged with the same reason. */
    public void fail(String reason, Runnable log) {
        fail(reason, reason, log);
    }

    /** Records a failure. Logs it unless one of the same kind is already logged; its reason may differ. */
    public void fail(String kind, String reason, Runnable log) {
        boolean mustLog;
        synchronized (this) {
            failure = new Failure(failure == null ? clock.instant() : failure.since(), reason);
            mustLog = isNews(kind);
        }
        if (mustLog) {
            log.run();
        }
    }

    /** Records that it works. */
    public void recover() {
        recover(() -> {});
    }

    /** Records that it works. Logs it if a failure was logged before. */
    public void recover(Runnable log) {
        boolean mustLog;
        synchronized (this) {
            failure = null;
            mustLog = isNews(null);
        }
        if (mustLog) {
            log.run();
        }
    }

    private boolean isNews(@Nullable String kind) {
        if (Objects.equals(kind, loggedKind)) {
            return false;
        }
        Instant now = clock.instant();
        if (loggedAt != null && !now.isBefore(loggedAt) && now.isBefore(loggedAt.plus(minLogInterval))) {
            return false;
        }
        loggedKind = kind;
        loggedAt = now;
        return true;
    }

    /** What is wrong; empty when it works. */
    public synchronized Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    /** Why it does not work; empty when it does. */
    public Optional<String> problem() {
        return failure().map(Failure::reason);
    }
}
