package org.decoymx.store;

import java.io.IOException;

/** Saves rows of a damaged database. */
public interface Salvage {
    /** Copies the rows that are valid into a new file; returns what these are, for the administrator. */
    String copy(DamagedDatabase damaged, BatchInserter fresh) throws StorageException, IOException;
}
