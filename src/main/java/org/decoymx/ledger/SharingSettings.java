package org.decoymx.ledger;

import org.jspecify.annotations.Nullable;

/**
 * How the ledger is shared with other nodes.
 *
 * @param enabled whether own states are read by their versions
 * @param ownName the configured name of the own node; null for that in the file
 */
record SharingSettings(boolean enabled, @Nullable Node ownName) {
    /** Nothing is shared. */
    static final SharingSettings OFF = new SharingSettings(false, null);
}
