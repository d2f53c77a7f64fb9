package org.decoymx.support;

/**
 * The order in which the parts start and stop: priorities of observers, the lowest is first. Those without one have
 * 2,500; the first blocklist is published there.
 */
public final class StartOrder {
    /** What the others need. */
    public static final int FIRST = 0;

    /** Receivers of messages, before any is sent. */
    public static final int RECEIVERS = 2;

    /** What protects senders, before any is evaluated. */
    public static final int PROTECTIONS = 500;

    public static final int BEFORE_LEDGER = 900;
    public static final int LEDGER = 1_000;
    public static final int AFTER_LEDGER = 1_100;

    /** The ports that serve the blocklist, after it was published. */
    public static final int BLOCKLIST_PORTS = 3_000;

    public static final int SMTP_PORT = 4_000;
    public static final int AFTER_ALL_PORTS = 5_000;
    public static final int AFTER_ALL = 10_000;

    public static final int STOP_SMTP_PORT = 1_000;
    public static final int STOP_BEFORE_LEDGER = 2_900;
    public static final int STOP_LEDGER = 3_000;
    public static final int STOP_AFTER_LEDGER = 3_100;
    public static final int STOP_LOG = 3_500;

    private StartOrder() {}
}
