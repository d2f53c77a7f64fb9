package org.decoymx.ledger;

/** How many senders the heap has room for. */
public final class LedgerCapacity {
    /** What a sender takes at most, with its place in the listing. */
    private static final long SENDER_OCTETS = 90;

    /** What everything else takes. */
    private static final long BASE_OCTETS = 64L << 20;

    private static final long MIN_SENDERS = 10_000;

    private LedgerCapacity() {}

    /** The largest value of {@code decoy.ledger.max-senders} with this {@code -Xmx}. */
    public static long maxSenders() {
        return Math.max(MIN_SENDERS, (Runtime.getRuntime().maxMemory() - BASE_OCTETS) / SENDER_OCTETS);
    }
}
