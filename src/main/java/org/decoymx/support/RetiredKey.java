package org.decoymx.support;

/**
 * A key that an earlier release had. For one release it only warns, then it is unknown.
 *
 * @param name the old key
 * @param successor the key to use now
 * @param advice a sentence on how to change the value
 */
public record RetiredKey(String name, String successor, String advice) {
    /** The warning for a property or a variable that sets it. */
    String warning(String written, boolean variable) {
        String now = variable ? ConfigKey.variable(successor) : successor;
        return written + ": ignored, as this key is retired; use " + now + ". " + advice;
    }
}
