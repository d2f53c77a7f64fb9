package org.decoymx.ledger;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/** The table {@code node}, which is also kept in memory. */
final class NodeTable {
    private final DatabaseConnection connection;
    private final Map<Node, Integer> ids = new HashMap<>();
    private final Map<Integer, Node> nodes = new HashMap<>();
    private @Nullable Node ownNode;

    /**
     * Reads the nodes.
     *
     * @throws StorageException if the file has invalid nodes
     */
    NodeTable(DatabaseConnection connection) throws StorageException {
        this.connection = connection;
        connection.query("SELECT id, name, own FROM node", row -> {
            Node node = register(row.getInt(1), row.getString(2));
            ownNode = row.getInt(3) == 1 ? node : ownNode;
        });
    }

    private Node register(int id, String name) throws StorageException {
        if (!Node.isValidName(name)) {
            throw connection.corrupt("invalid node name");
        }
        Node node = new Node(name);
        ids.put(node, id);
        nodes.put(id, node);
        return node;
    }

    /** Inserts the row of the own node if there is none. Always writes, to find out whether the file is writable. */
    void claimOwn(Node newNode) throws StorageException {
        Node node = ownNode == null ? newNode : ownNode;
        insert(node, "INSERT INTO node (name, own) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET own = 1");
        ownNode = node;
    }

    private int insert(Node node, String sql) throws StorageException {
        connection.update(sql, List.of(node.name()).iterator(), (statement, name) -> statement.setString(1, name));
        int id = connection.queryInt("SELECT id FROM node WHERE name = ?", node.name());
        register(id, node.name());
        return id;
    }

    /**
     * The node of the decoy that owns this file.
     *
     * @throws StorageException if the file has no own node
     */
    Node own() throws StorageException {
        Node node = ownNode;
        if (node == null) {
            throw connection.corrupt("no own node");
        }
        return node;
    }

    /** The id of {@link #own}. */
    int ownId() throws StorageException {
        return getOrInsertId(own());
    }

    /** Whether there is a row of a node. */
    boolean contains(Node node) {
        return ids.containsKey(node);
    }

    /** Number of nodes. */
    int size() {
        return ids.size();
    }

    /** Gives the own node a name that no node has. */
    void renameOwn(Node name) throws StorageException {
        int id = ownId();
        connection.update(
                "UPDATE node SET name = ? WHERE own = 1",
                List.of(name).iterator(),
                (update, node) -> update.setString(1, node.name()));
        ids.remove(own());
        register(id, name.name());
        ownNode = name;
    }

    /** Makes a node that has a row the own one. */
    void setOwn(Node node) throws StorageException {
        connection.execute("UPDATE node SET own = (id = " + getOrInsertId(node) + ")");
        ownNode = node;
    }

    /** The node with an id; null if there is none. */
    @Nullable
    Node find(int id) {
        return nodes.get(id);
    }

    /** The id of a node; inserts the node if needed. */
    int getOrInsertId(Node node) throws StorageException {
        Integer id = ids.get(node);
        return id == null ? insert(node, "INSERT INTO node (name, own) VALUES (?, 0)") : id;
    }
}
