package org.decoymx.exemption;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.decoymx.dns.NameServers;
import org.decoymx.support.ValueFormat;

/** A name server, with or without a port. */
final class NameServerFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        Clock unused = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        return ValueFormat.parses(() -> new NameServers(List.of(value), Path.of("/etc/resolv.conf"), unused));
    }

    @Override
    public String expected() {
        return "the address of a name server (examples: 192.0.2.53, 192.0.2.53:5353, [2001:db8::53]:53)";
    }
}
