package org.decoymx.smtp.server;

import java.io.IOException;
import org.decoymx.support.ValueFormat;

/** A built-in persona, or a file with one. */
final class PersonaFormat implements ValueFormat {
    private static final String ANY_HOSTNAME = "localhost";
    private static final long ANY_SIZE = 65_536;

    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> PersonaLoader.load(value, ANY_HOSTNAME, ANY_SIZE));
    }

    @Override
    public String refusal(String value) {
        try {
            PersonaLoader.load(value, ANY_HOSTNAME, ANY_SIZE);
            return "";
        } catch (IllegalArgumentException e) {
            boolean unreadable = e.getCause() instanceof IOException;
            return unreadable ? "is not " + expected() : "is not a valid persona file: " + e.getMessage();
        }
    }

    @Override
    public String expected() {
        return "classic, postfix, exim, sendmail, exchange or the path of a valid persona file";
    }
}
