package org.decoymx.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files the process may open, and what part of them is whose: each connection is one. */
public final class OpenFileLimit {
    /** Kept at least for all that is no SMTP connection: jars, logs, readers of the feed. */
    private static final long MIN_RESERVED = 500;

    /** The part of all files that is kept so, and the part of each port besides SMTP and HTTP. */
    private static final long RESERVED_DIVISOR = 4;

    private static final long QUERY_DIVISOR = 20;
    private static final long MAX_QUERY_CONNECTIONS = 1_000;

    private OpenFileLimit() {}

    /** How many the process may open ({@code ulimit -n}). */
    public static long maxOpenFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
    }

    /** How many may be SMTP connections. */
    public static int maxSmtpConnections() {
        long most = maxOpenFiles();
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, most - Math.max(MIN_RESERVED, most / RESERVED_DIVISOR)));
    }

    /** How many may be connections of one of the ports where others ask for the list: 1,000, or a twentieth of all. */
    public static int maxQueryConnections() {
        return (int) Math.max(1, Math.min(MAX_QUERY_CONNECTIONS, maxOpenFiles() / QUERY_DIVISOR));
    }
}
