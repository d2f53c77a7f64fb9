/** Tests of primary MX monitoring and visits. */
@NullMarked
package org.decoymx.primary;

import org.jspecify.annotations.NullMarked;
