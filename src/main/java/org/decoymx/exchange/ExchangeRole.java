package org.decoymx.exchange;

/** What a node does with the states that nodes share. */
public enum ExchangeRole {
    /** Shares its own states, and reads those of all others. */
    BOTH,
    /** Shares its own states, and reads only what is decided by hand. */
    CATCH,
    /** Reads the states of all others. */
    LIST;

    /** Whether own states are shared. */
    boolean pushes() {
        return this != LIST;
    }

    /** Whether the states of other nodes are read. */
    boolean reads() {
        return this != CATCH;
    }
}
