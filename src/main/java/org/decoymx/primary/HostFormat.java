package org.decoymx.primary;

import org.decoymx.support.ValueFormat;

/** A primary MX host, with or without a port. */
final class HostFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return PrimaryHost.parse(value).isPresent();
    }

    @Override
    public String expected() {
        return "a host name or an address (examples: mx1.example.org, mx1.example.org:25, 192.0.2.1, [2001:db8::1])";
    }
}
