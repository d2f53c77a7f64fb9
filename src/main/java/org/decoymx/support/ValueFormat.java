package org.decoymx.support;

import java.util.function.Supplier;

/** What the text of a value must look like. */
public interface ValueFormat {
    /** Whether a value has this format. Opens no port and writes no file. */
    boolean accepts(String value);

    /** What is allowed, to be read after "is not": {@code an IP address (example: 192.0.2.1)}. */
    String expected();

    /** What to say of a value that is not accepted. */
    default String refusal(String value) {
        return "is not " + expected();
    }

    /** Whether a parser takes a value; one that does not throws IllegalArgumentException. */
    static boolean parses(Supplier<?> parser) {
        try {
            return parser.get() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
