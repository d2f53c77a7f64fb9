package org.decoymx.net;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done once on a thread of its own, so that the classes that it needs are loaded and initialized. The
 * first use of some takes up to seconds, during which an event loop would serve none of its connections. Thread-safe.
 */
public final class WarmUp {
    private static final Logger LOG = Logger.getLogger(WarmUp.class);

    /** All ports are open then, so the start does not take longer. */
    private static final long DELAY_SECONDS = 1;

    private final String name;
    private final Callable<?> work;
    private @Nullable CompletableFuture<Void> done;

    /**
     * @param name what is used, for the message if that fails
     */
    public WarmUp(String name, Callable<?> work) {
        this.name = name;
        this.work = work;
    }

    /** Starts the work soon, unless {@link #start} is called before. */
    public void schedule() {
        CompletableFuture.delayedExecutor(DELAY_SECONDS, TimeUnit.SECONDS).execute(() -> {
            var unused = start();
        });
    }

    /** Starts the work unless it has been started; completes when it has ended, even with an error. */
    public synchronized CompletableFuture<Void> start() {
        if (done == null) {
            CompletableFuture<Void> started = new CompletableFuture<>();
            done = started;
            // not a thread of Vert.x, which would log an error if the decoy is stopped meanwhile
            Thread thread = new Thread(() -> run(started), "warm-up");
            thread.setContextClassLoader(WarmUp.class.getClassLoader());
            thread.setDaemon(true);
            thread.start();
        }
        return done;
    }

    private void run(CompletableFuture<Void> started) {
        try {
            work.call();
        } catch (Exception e) {
            LOG.warnf("First use of %s failed: %s", name, e.getMessage());
        } finally {
            started.complete(null);
        }
    }
}
