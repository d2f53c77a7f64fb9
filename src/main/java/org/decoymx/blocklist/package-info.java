/** The blocklist: immutable, versioned snapshots that are swapped as a whole. */
@NullMarked
package org.decoymx.blocklist;

import org.jspecify.annotations.NullMarked;
