/** The list as it stands: immutable, versioned, swapped whole. */
@NullMarked
package org.decoymx.listing;

import org.jspecify.annotations.NullMarked;
