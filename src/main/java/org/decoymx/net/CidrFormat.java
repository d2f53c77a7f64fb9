package org.decoymx.net;

import org.decoymx.support.ValueFormat;

/** An address or a network. */
public final class CidrFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> IpText.parseNetwork(value));
    }

    @Override
    public String expected() {
        return "an IP address or a network (examples: 192.0.2.1, 192.0.2.0/24, 2001:db8::/32)";
    }
}
