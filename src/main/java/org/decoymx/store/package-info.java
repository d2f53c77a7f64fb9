/** SQLite database files: open, lock, migrate, quarantine, transactions. */
@NullMarked
package org.decoymx.store;

import org.jspecify.annotations.NullMarked;
