package org.decoymx.smtp.server;

import java.util.List;
import org.decoymx.smtp.protocol.ProtectedDomains;
import org.decoymx.support.ValueFormat;

/** A protected domain. */
final class ProtectedDomainFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> new ProtectedDomains(List.of(value)));
    }

    @Override
    public String expected() {
        return "a domain name (examples: example.org, or .example.org to include its subdomains)";
    }
}
