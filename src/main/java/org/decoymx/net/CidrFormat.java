package org.decoymx.net;

import java.util.List;
import org.decoymx.support.ValueFormat;

/** An address or a network. */
public final class CidrFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> PrefixMap.parse(List.of(value)));
    }

    @Override
    public String expected() {
        return "an IP address or a network (examples: 192.0.2.1, 192.0.2.0/24, 2001:db8::/32)";
    }
}
