/** A decoy mail server; docs/flow.md tells the way of the data through the packages. */
@NullMarked
package org.decoymx;

import org.jspecify.annotations.NullMarked;
