/** The list as it stands: immutable, versioned, swapped whole. */
@NullMarked
package org.decoymx.blocklist;

import org.jspecify.annotations.NullMarked;
