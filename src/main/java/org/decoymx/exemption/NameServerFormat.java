package org.decoymx.exemption;

import org.decoymx.dns.NameServers;
import org.decoymx.support.ValueFormat;

/** A name server, with or without a port. */
final class NameServerFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> NameServers.parse(value));
    }

    @Override
    public String expected() {
        return "the address of a name server (examples: 192.0.2.53, 192.0.2.53:5353, [2001:db8::53]:53)";
    }
}
