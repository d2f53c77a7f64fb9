package org.decoymx.support;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The host name of this machine. */
public final class MachineName {
    private MachineName() {}

    /** The name, or {@code localhost} when the machine does not know it. */
    public static String find() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
