package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives the nodes that have records numbers of 16 bits, from 1, so that a record needs no reference to its node. See
 * {@link LedgerImport#MAX_NODES}. Not thread-safe.
 */
final class NodeNumbers {
    /** The number of a node that has no records. */
    static final int NONE = 0;

    private final Map<Node, Integer> numbers = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final IntArrayList records = new IntArrayList();
    private final IntArrayList free = new IntArrayList();

    /** The number of a node. */
    int find(Node node) {
        return numbers.getOrDefault(node, NONE);
    }

    /** The node with a number. */
    Node node(int number) {
        return nodes.get(number - 1);
    }

    /** The number of a node that gets one more record. */
    int addRecord(Node node) {
        int number = numbers.computeIfAbsent(node, this::allocate);
        records.set(number - 1, records.getInt(number - 1) + 1);
        return number;
    }

    private int allocate(Node node) {
        if (free.isEmpty()) {
            nodes.add(node);
            records.add(0);
            return nodes.size();
        }
        int number = free.popInt();
        nodes.set(number - 1, node);
        return number;
    }

    /** Counts one record less; the number of a node without records is given to another one. */
    void removeRecord(int number) {
        int left = records.getInt(number - 1) - 1;
        records.set(number - 1, left);
        if (left == 0) {
            numbers.remove(node(number));
            free.push(number);
        }
    }

    /** The nodes, with the number of their records. */
    Map<Node, Integer> countRecords() {
        Map<Node, Integer> counts = new HashMap<>();
        numbers.forEach((node, number) -> counts.put(node, records.getInt(number - 1)));
        return counts;
    }
}
