package org.decoymx.ledger;

import java.util.regex.Pattern;

/**
 * One decoy among those whose counts are put together. A ledger file gives its decoy a name when it is made, and keeps it.
 *
 * @param name 1 to 64 letters, digits, dots, hyphens or underscores
 */
public record Node(String name) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException when it has other characters, or too many
     */
    public Node {
        if (!isValidName(name)) {
            throw new IllegalArgumentException(
                    "a node's name is 1 to 64 letters, digits, dots, hyphens or underscores");
        }
    }

    /** Whether a node can have this name. */
    static boolean isValidName(String name) {
        return NAME.matcher(name).matches();
    }
}
