package org.decoymx.policy;

import java.util.regex.Pattern;
import org.decoymx.support.ValueFormat;

/** The name of a decoy, as in an MX record. */
final class DecoyHostFormat implements ValueFormat {
    private static final Pattern NAME =
            Pattern.compile("(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(?:\\.[A-Za-z0-9_-]{1,63})*\\.?");

    @Override
    public boolean accepts(String value) {
        return NAME.matcher(value.strip()).matches();
    }

    @Override
    public String expected() {
        return "a host name (example: mx9.example.org)";
    }
}
