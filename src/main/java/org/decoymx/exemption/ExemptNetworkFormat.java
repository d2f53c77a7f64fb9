package org.decoymx.exemption;

import org.decoymx.support.ValueFormat;

/** A network that is never listed, or with an exclamation mark one that is not exempt. */
final class ExemptNetworkFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> NetworkLine.parse(value.strip(), ""));
    }

    @Override
    public String expected() {
        return "an IP address or a network (examples: 192.0.2.1, 192.0.2.0/24, 2001:db8::/32, !192.0.2.7)";
    }
}
