package org.decoymx.ledger;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One of the decoys whose ledgers are merged. The name is created together with the ledger file and does not change.
 *
 * @param name 1 to 64 letters, digits, dots, hyphens or underscores; a node of another organization is followed by
 *     {@code @} and the prefix of its topics
 */
public record Node(String name) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}(@[A-Za-z0-9._-]{1,64})?");

    /**
     * Validates the name.
     *
     * @throws IllegalArgumentException if the name is not valid
     */
    public Node {
        if (!isValidName(name)) {
            throw new IllegalArgumentException(
                    "a node name must have 1 to 64 letters, digits, dots, hyphens or underscores");
        }
    }

    /** Whether it is a node of another organization. */
    public boolean isForeign() {
        return name.indexOf('@') >= 0;
    }

    /** The node, or all nodes of another organization: a client that writes for one of these can write for all. */
    String writer() {
        return isForeign() ? name.substring(name.indexOf('@')) : name;
    }

    /** How many nodes had complete conversations with a sender, where those of another organization are one. */
    static int countCatchers(List<SenderCounts> countsOfNodes) {
        return (int) countsOfNodes.stream()
                .filter(counts -> counts.conversations() > 0)
                .map(counts -> counts.node().writer())
                .distinct()
                .count();
    }

    /** Whether this is a valid node name. */
    static boolean isValidName(String name) {
        return NAME.matcher(name).matches();
    }
}
