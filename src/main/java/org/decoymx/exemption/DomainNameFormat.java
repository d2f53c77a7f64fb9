package org.decoymx.exemption;

import org.decoymx.dns.DnsName;
import org.decoymx.support.ValueFormat;

/** A domain name that DNS is asked for. */
final class DomainNameFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> DnsName.parseDomain(value));
    }

    @Override
    public String expected() {
        return "a domain name (example: example.org)";
    }
}
