package org.decoymx.feed;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How many octets all bodies may take together, those included that nobody new is given but somebody still reads. */
final class MemoryBudget {
    /** What is taken and given back is a multiple of this. */
    static final int UNIT_BYTES = 1 << 10;

    private static final long FREE_WAIT_MILLIS = 10;
    private static final long FINAL_WAIT_MILLIS = 1_000;

    private final int units;
    private final Semaphore permits;

    MemoryBudget(long octets) {
        units = (int) Math.min(Integer.MAX_VALUE, octets / UNIT_BYTES);
        permits = new Semaphore(units);
    }

    long usedBytes() {
        return (long) (units - permits.availablePermits()) * UNIT_BYTES;
    }

    /**
     * Takes room for so many octets, and waits for it if there is none; so this is not for an event loop.
     *
     * @param had what the same body has already; one may have half of all, so that it does not drive out all others
     * @param relief makes some room, perhaps not at once; false when it can make no more
     * @throws TooLarge when there is no room after a second
     */
    void acquire(int octets, long had, BooleanSupplier relief) {
        int wanted = octets / UNIT_BYTES;
        if (had / UNIT_BYTES + wanted > units / 2) {
            throw new FeedTooLargeException(units / UNIT_BYTES / 2);
        }
        boolean taken = permits.tryAcquire(wanted);
        while (!taken && relief.getAsBoolean()) {
            taken = tryAcquire(wanted, FREE_WAIT_MILLIS);
        }
        if (!taken && !tryAcquire(wanted, FINAL_WAIT_MILLIS)) {
            throw new FeedTooLargeException(units / UNIT_BYTES / 2);
        }
    }

    private boolean tryAcquire(int wanted, long millis) {
        try {
            return permits.tryAcquire(wanted, millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void release(long octets) {
        permits.release((int) (octets / UNIT_BYTES));
    }

    /** A body would be larger than there is room for. */
    static final class FeedTooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        FeedTooLargeException(long megabytes) {
            super("There is no room for this feed, which may take " + megabytes + " MB at most;"
                    + " ask for it compressed (curl --compressed), or for a part (?family=4, ?min-points=20),"
                    + " or give Java more by -XX:MaxDirectMemorySize");
        }
    }
}
