package org.decoymx.feed;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How many octets all bodies may take together, those included that nobody new is given but somebody still reads. */
final class Budget {
    /** What is taken and given back is a multiple of this. */
    static final int UNIT = 1 << 10;

    private static final long FREED_MILLIS = 10;
    private static final long LAST_WAIT_MILLIS = 1_000;

    private final int units;
    private final Semaphore room;

    Budget(long octets) {
        units = (int) Math.min(Integer.MAX_VALUE, octets / UNIT);
        room = new Semaphore(units);
    }

    long taken() {
        return (long) (units - room.availablePermits()) * UNIT;
    }

    /**
     * Takes room for so many octets, and waits for it if there is none; so this is not for an event loop.
     *
     * @param had what the same body has already; one may have half of all, so that it does not drive out all others
     * @param relief makes some room, perhaps not at once; false when it can make no more
     * @throws TooLarge when there is no room after a second
     */
    void take(int octets, long had, BooleanSupplier relief) {
        int wanted = octets / UNIT;
        if (had / UNIT + wanted > units / 2) {
            throw new TooLarge(units / UNIT / 2);
        }
        boolean taken = room.tryAcquire(wanted);
        while (!taken && relief.getAsBoolean()) {
            taken = await(wanted, FREED_MILLIS);
        }
        if (!taken && !await(wanted, LAST_WAIT_MILLIS)) {
            throw new TooLarge(units / UNIT / 2);
        }
    }

    private boolean await(int wanted, long millis) {
        try {
            return room.tryAcquire(wanted, millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void giveBack(long octets) {
        room.release((int) (octets / UNIT));
    }

    /** A body would be larger than there is room for. */
    static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLarge(long megabytes) {
            super("There is no room for this feed, which may take " + megabytes + " MB at most;"
                    + " ask for it compressed (curl --compressed), or for a part (?family=4, ?min-points=20),"
                    + " or give Java more by -XX:MaxDirectMemorySize");
        }
    }
}
