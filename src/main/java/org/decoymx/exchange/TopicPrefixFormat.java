package org.decoymx.exchange;

import java.util.regex.Pattern;
import org.decoymx.support.ValueFormat;

/** The beginning of the names of topics; also what follows {@code @} in the name of a node of another organisation. */
public final class TopicPrefixFormat implements ValueFormat {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    @Override
    public boolean accepts(String value) {
        return PREFIX.matcher(value).matches();
    }

    @Override
    public String expected() {
        return "a name of 1 to 64 letters, digits, dots, hyphens or underscores (example: decoymx)";
    }
}
