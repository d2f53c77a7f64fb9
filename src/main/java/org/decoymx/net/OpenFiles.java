package org.decoymx.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files the process may open, and what part of them is whose: each connection is one. */
public final class OpenFiles {
    /** Kept at least for all that is no SMTP connection: jars, logs, readers of the feed. */
    private static final long RESERVED = 500;

    /** The part of all files that is kept so, and the part of each port besides SMTP and HTTP. */
    private static final long RESERVED_PART = 4;

    private static final long SIDE_PART = 20;
    private static final long SIDE_MOST = 1_000;

    private OpenFiles() {}

    /** How many the process may open ({@code ulimit -n}). */
    public static long most() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
    }

    /** How many may be SMTP connections. */
    public static int forSmtp() {
        long most = most();
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, most - Math.max(RESERVED, most / RESERVED_PART)));
    }

    /** How many may be connections of one of the ports where others ask for the list: 1,000, or a twentieth of all. */
    public static int forAsking() {
        return (int) Math.max(1, Math.min(SIDE_MOST, most() / SIDE_PART));
    }
}
