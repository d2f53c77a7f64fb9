/** Who somebody is that asks: by a token that is shown, or by the network it comes from. */
@NullMarked
package org.decoymx.access;

import org.jspecify.annotations.NullMarked;
