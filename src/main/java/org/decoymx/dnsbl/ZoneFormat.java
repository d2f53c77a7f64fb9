package org.decoymx.dnsbl;

import java.util.regex.Pattern;
import org.decoymx.support.ValueFormat;

/** The name of the zone; each of its labels has a letter or a digit. */
final class ZoneFormat implements ValueFormat {
    private static final Pattern EMPTY_LABEL = Pattern.compile("(?:.*\\.)?[_-]+(?:\\..*)?");

    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> new DnsblZone(value, ""))
                && !EMPTY_LABEL.matcher(value).matches();
    }

    @Override
    public String expected() {
        return "a domain name of at most 191 octets (example: bl.example.org)";
    }
}
