package org.decoymx.net;

import org.decoymx.support.ValueFormat;

/** An address to listen on. A host name is not allowed, because it may have several addresses, or none at the start. */
public final class IpAddressFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return IpText.parseAddress(IpText.removeZone(value)).isPresent();
    }

    /** Whether it is a loopback address. */
    public static boolean isLoopback(String value) {
        return IpText.parseAddress(value)
                .filter(address -> address.toInetAddress().isLoopbackAddress())
                .isPresent();
    }

    @Override
    public String expected() {
        return "an IP address (examples: 127.0.0.1, ::1, 0.0.0.0)";
    }
}
