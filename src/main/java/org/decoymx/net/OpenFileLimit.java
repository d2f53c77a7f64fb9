package org.decoymx.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Divides the open file limit of the process among its servers: each connection needs one file descriptor. */
public final class OpenFileLimit {
    /** The minimum that is reserved for everything except SMTP connections: jars, logs, consumers of the feeds. */
    private static final long MIN_RESERVED = 500;

    /** One fourth of the limit is reserved, if that is more than the minimum. */
    private static final long RESERVED_DIVISOR = 4;

    /** Each query port (DNSBL, Postfix policy service, socketmap) gets one twentieth of the limit. */
    private static final long QUERY_DIVISOR = 20;

    private static final long MAX_QUERY_CONNECTIONS = 1_000;

    private OpenFileLimit() {}

    /** The open file limit of the process ({@code ulimit -n}). */
    public static long maxOpenFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
    }

    /** The number of SMTP connections that the open file limit allows. */
    public static int maxSmtpConnections() {
        long max = maxOpenFiles();
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, max - Math.max(MIN_RESERVED, max / RESERVED_DIVISOR)));
    }

    /** The number of connections of one query port: a twentieth of the open file limit, at most 1,000. */
    public static int maxQueryConnections() {
        return (int) Math.max(1, Math.min(MAX_QUERY_CONNECTIONS, maxOpenFiles() / QUERY_DIVISOR));
    }
}
