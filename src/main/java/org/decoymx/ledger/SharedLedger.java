package org.decoymx.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/** What other nodes may read of the ledger, and write to it. Thread-safe. */
public interface SharedLedger {

    /** Whether the ledger could be read, so that {@link #ownNode} is what it will be. */
    boolean isLoaded();

    /** The node of this decoy. */
    Node ownNode();

    /** The version of the latest commit that changed own states; 0 if there was none. */
    long version();

    /**
     * A position in the own states, ordered by version, then by origin.
     *
     * @param version the version of the last state that was read
     * @param origin the text of its origin; empty for before the first state of the version
     */
    record Cursor(long version, String origin) {
        /** Before the first state. */
        public static final Cursor START = new Cursor(0, "");
    }

    /**
     * Reads own states from disk that follow a position, ordered by version, then by the text of their origins. A state
     * that changes in the meantime is found again under its new version. Blocks.
     *
     * @param max maximum number of states
     * @throws StorageException if the database cannot be read
     */
    List<LedgerRecord> readOwn(Cursor after, int max) throws StorageException;

    /**
     * Reads own states in the text order of their origins, to share all of them again from time to time. Blocks.
     *
     * @param after the origin of the last state of the previous page; null for the first page
     * @throws StorageException if the database cannot be read
     */
    List<LedgerRecord> readOwnByOrigin(@Nullable IpPrefix after, int max) throws StorageException;

    /**
     * Merges states of other nodes, and what own states were lost here with a disk, in one transaction with the
     * positions up to which everything is read. Invalid ones are for the caller to sort out. Own states make
     * {@link #version} at least theirs.
     *
     * @return completes with the number of states that were newer, after the commit
     */
    CompletableFuture<Integer> merge(Collection<LedgerRecord> states, Collection<SharedPosition> positions);

    /** The positions that were committed. Blocks. */
    List<SharedPosition> positions() throws StorageException;

    /** Up to which version all own states are known to be shared; 0 for none. */
    long sharedVersion();

    /** Sets {@link #sharedVersion}; it is on disk with a later commit, after a second at most. */
    void setSharedVersion(long version);

    /**
     * Says that all own states that were lost here are merged: from now on, older own states change nothing. It is on
     * disk with a later commit, after a second at most.
     */
    void setRestored();

    /**
     * Leaves out versions, so that no own state has one that another decoy with the name of this node may still use.
     *
     * @return completes when it is on disk
     */
    CompletableFuture<Void> skipVersions(long count);

    /** The decisions by hand that are known here, of all nodes. */
    Map<IpPrefix, ManualDecision> decisions();

    /** Applies decisions by hand of other nodes that are later than the known ones; then they are on disk. */
    CompletableFuture<Void> mergeDecisions(Map<IpPrefix, ManualDecision> decisions);

    /** Calls a listener with {@link #version} after each commit that changed own states; it must not block. */
    void onCommit(LongConsumer listener);

    /** Calls a listener with each decision that is made by hand at this node; it must not block. */
    void onDecision(BiConsumer<IpPrefix, ManualDecision> listener);

    /** The nodes that have states here, with the number of their states. */
    Map<Node, Integer> nodes();

    /**
     * Deletes all states of a node that is gone.
     *
     * @param isGone asked before each part of them is deleted; the rest is kept if it is not
     * @return completes with the number of deleted states
     * @throws IllegalArgumentException if it is the own node
     */
    CompletableFuture<Integer> dropNode(Node node, BooleanSupplier isGone);
}
