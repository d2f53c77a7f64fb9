package org.decoymx.net;

import java.util.regex.Pattern;
import org.decoymx.support.ValueFormat;

/** The name of a host, as in an MX record. In containers there are names without a dot, and with underscores. */
public class HostNameFormat implements ValueFormat {
    private static final String LABEL = "[A-Za-z0-9_-]{1,63}";
    private static final Pattern NAME = Pattern.compile("(?=.{1,253}$)" + LABEL + "(?:\\." + LABEL + ")*\\.?");

    @Override
    public boolean accepts(String value) {
        return NAME.matcher(value).matches() && IpText.parseAddress(value).isEmpty();
    }

    @Override
    public String expected() {
        return "a host name (example: mx9.example.org)";
    }
}
