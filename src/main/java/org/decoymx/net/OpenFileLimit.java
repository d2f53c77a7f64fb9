package org.decoymx.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Divides the open file limit of the process among its servers: each connection needs one file descriptor. */
public final class OpenFileLimit {
    /** The minimum that is reserved for everything except SMTP connections: jars, logs, consumers of the feeds. */
    private static final long MIN_RESERVED = 500;

    /** One fourth of the limit is reserved, if that is more than the minimum, and at least what all servers may use. */
    private static final long RESERVED_DIVISOR = 4;

    /** Connections of a listening socket that the limit of its port does not count, see {@link AcceptGate}. */
    static final int MAX_IN_TRANSITION = 16;

    /**
     * For jars (during the start, all of them are open), logs, databases and outgoing connections, and for the
     * connections in transition of all ports.
     */
    private static final long OTHER_FILES = 250;

    /** Each query port (DNSBL, Postfix policy service, socketmap) gets one twentieth of the limit. */
    private static final long QUERY_DIVISOR = 20;

    /** The HTTP port gets at most one eighth of the limit, so that the rest of what is reserved is enough. */
    private static final long HTTP_DIVISOR = 8;

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
        long otherServers = maxHttpConnections() + 4L * maxQueryConnections() + 2L * maxDnsSockets() + OTHER_FILES;
        long reserved = Math.max(MIN_RESERVED, Math.max(max / RESERVED_DIVISOR, otherServers));
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, max - reserved));
    }

    /** The connections of one query port, or of the management port: a twentieth of the limit, at most 1,000. */
    public static int maxQueryConnections() {
        return (int) Math.max(1, Math.min(MAX_QUERY_CONNECTIONS, maxOpenFiles() / QUERY_DIVISOR));
    }

    /** The sockets of one DNS client; strangers cause the queries of two of them. */
    public static int maxDnsSockets() {
        return Math.max(1, maxQueryConnections() / 2);
    }

    /** The number of connections of the HTTP port that the open file limit allows: an eighth of it. */
    public static int maxHttpConnections() {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, maxOpenFiles() / HTTP_DIVISOR));
    }
}
