package org.decoymx.policy;

/**
 * The version of the blocklist, in seconds since 1970. It grows also across restarts, and if the clock was set back in
 * between: the ledger stores it, but not each. Thread-safe.
 */
public final class PublishedVersion {
    /** The ledger stores a version if it is this many seconds after the stored one. */
    public static final long STORE_INTERVAL = 60;

    private volatile long earlier;
    private volatile long latest;

    /** Sets the version that the ledger has of an earlier run. */
    public void load(long version) {
        earlier = version;
    }

    /** The first version of this run: the time, or if that is before the stored version, later than all of that run. */
    public long first(long now) {
        return now >= earlier ? now : earlier + 2 * STORE_INTERVAL;
    }

    /** Sets the version that is published now. */
    public void publish(long version) {
        latest = version;
    }

    /** The version that is published; before the first, that of the earlier run, or 0. */
    public long latest() {
        return Math.max(earlier, latest);
    }
}
