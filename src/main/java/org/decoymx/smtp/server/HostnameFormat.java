package org.decoymx.smtp.server;

import java.util.regex.Pattern;
import org.decoymx.support.ValueFormat;

/** The decoy's own name. */
final class HostnameFormat implements ValueFormat {
    private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

    @Override
    public boolean accepts(String value) {
        return HOSTNAME.matcher(value).matches();
    }

    @Override
    public String expected() {
        return "a host name (letters, digits, hyphens and dots, at most 255 characters)";
    }
}
