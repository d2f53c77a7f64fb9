package org.decoymx.support;

import io.netty.util.NetUtil;
import java.net.InetAddress;

/** An address to listen on. A host name is not allowed, because it may have several addresses, or none at the start. */
public final class IpAddressFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return NetUtil.isValidIpV4Address(value) || NetUtil.isValidIpV6Address(value);
    }

    /** Whether it is a loopback address. */
    public static boolean isLoopback(String value) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(value);
        return address != null && address.isLoopbackAddress();
    }

    @Override
    public String expected() {
        return "an IP address (examples: 127.0.0.1, ::1, 0.0.0.0)";
    }
}
