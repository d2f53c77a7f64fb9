package org.decoymx.net;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done once on a worker thread, so that the classes that it needs are loaded and initialized. The first
 * use of some takes up to seconds, during which an event loop would serve none of its connections. Thread-safe.
 */
public final class WarmUp {
    private static final Logger LOG = Logger.getLogger(WarmUp.class);

    /** All ports are open then, so the start does not take longer. */
    private static final long DELAY_MILLIS = 1_000;

    private final Vertx vertx;
    private final String name;
    private final Callable<?> work;
    private @Nullable Future<Void> done;

    /**
     * @param name what is used, for the message if that fails
     */
    public WarmUp(Vertx vertx, String name, Callable<?> work) {
        this.vertx = vertx;
        this.name = name;
        this.work = work;
    }

    /** Starts the work soon, unless {@link #start} is called before. */
    public WarmUp schedule() {
        vertx.setTimer(DELAY_MILLIS, timer -> start());
        return this;
    }

    /** Starts the work unless it has been started; completes when it has ended, even with an error. */
    public synchronized Future<Void> start() {
        if (done == null) {
            done = vertx.executeBlocking(work::call, false).<Void>mapEmpty().otherwise(error -> {
                LOG.warnf("First use of %s failed: %s", name, error.getMessage());
                return null;
            });
        }
        return done;
    }
}
