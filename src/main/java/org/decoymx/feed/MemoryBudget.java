package org.decoymx.feed;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Limits the memory of all bodies together, including evicted bodies that still have readers. */
final class MemoryBudget {
    /** Allocation sizes are multiples of this. */
    static final int UNIT_BYTES = 1 << 10;

    private static final long FREE_WAIT_MILLIS = 10;
    private static final long FINAL_WAIT_MILLIS = 1_000;

    private final int units;
    private final Semaphore permits;

    MemoryBudget(long bytes) {
        units = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT_BYTES);
        permits = new Semaphore(units);
    }

    long usedBytes() {
        return (long) (units - permits.availablePermits()) * UNIT_BYTES;
    }

    /**
     * Acquires memory. Blocks while there is not enough, so it must not run on an event loop.
     *
     * @param bytes a multiple of {@link #UNIT_BYTES}
     * @param allocatedBytes what the same body has acquired before; one body may use half of the budget, so that
     *     it does not evict all others
     * @param freeMemory frees some memory, perhaps with a delay; returns false if it cannot free any more
     * @throws FeedTooLargeException if the body needs more than half of the budget, or there is not enough memory for a
     *     second after all other memory was freed
     */
    void acquire(int bytes, long allocatedBytes, BooleanSupplier freeMemory) {
        int requestedUnits = bytes / UNIT_BYTES;
        if (allocatedBytes / UNIT_BYTES + requestedUnits > units / 2) {
            throw new FeedTooLargeException(units / UNIT_BYTES / 2);
        }
        boolean acquired = permits.tryAcquire(requestedUnits);
        while (!acquired && freeMemory.getAsBoolean()) {
            acquired = tryAcquire(requestedUnits, FREE_WAIT_MILLIS);
        }
        if (!acquired && !tryAcquire(requestedUnits, FINAL_WAIT_MILLIS)) {
            throw new FeedTooLargeException(units / UNIT_BYTES / 2);
        }
    }

    private boolean tryAcquire(int requestedUnits, long timeoutMillis) {
        try {
            return permits.tryAcquire(requestedUnits, timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void release(long bytes) {
        permits.release((int) (bytes / UNIT_BYTES));
    }

    /** There is not enough memory for a body. */
    static final class FeedTooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        FeedTooLargeException(long megabytes) {
            super("Not enough memory for this feed, which may use at most " + megabytes + " MB;"
                    + " request it compressed (curl --compressed) or filtered (?family=4, ?min-points=20),"
                    + " or increase -XX:MaxDirectMemorySize");
        }
    }
}
