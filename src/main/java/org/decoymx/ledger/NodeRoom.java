package org.decoymx.ledger;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/** Keeps the number of nodes in a ledger bounded. Not thread-safe. */
final class NodeRoom {
    /** Maximum number of nodes of another organization, so that it cannot take the room of all others. */
    static final int MAX_NODES_OF_ORGANIZATION = 2_000;

    private static final Logger LOG = Logger.getLogger(SenderLedger.class);

    private boolean warned;

    /** The records of nodes that are present, and of further ones as long as there is room. */
    List<LedgerRecord> select(Collection<LedgerRecord> records, Set<Node> present) {
        Set<Node> nodes = new HashSet<>(present);
        Map<String, Integer> organizations = new HashMap<>();
        present.stream().filter(Node::isForeign).forEach(node -> organizations.merge(node.writer(), 1, Integer::sum));
        return records.stream()
                .filter(ledgerRecord -> add(ledgerRecord.node(), nodes, organizations))
                .toList();
    }

    private boolean add(Node node, Set<Node> nodes, Map<String, Integer> organizations) {
        if (nodes.contains(node)) {
            return true;
        }
        int others = node.isForeign() ? organizations.getOrDefault(node.writer(), 0) : 0;
        if (nodes.size() >= LedgerImport.MAX_NODES || others >= MAX_NODES_OF_ORGANIZATION) {
            warn(node);
            return false;
        }
        if (node.isForeign()) {
            organizations.put(node.writer(), others + 1);
        }
        return nodes.add(node);
    }

    private void warn(Node node) {
        if (!warned) {
            warned = true;
            LOG.warnf(
                    "Node %s is left out: the ledger has room for %s nodes, and for %s of another organization;"
                            + " further ones are not logged",
                    node.name(), LedgerImport.MAX_NODES, MAX_NODES_OF_ORGANIZATION);
        }
    }
}
