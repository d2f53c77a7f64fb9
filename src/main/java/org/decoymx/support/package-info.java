/** Who somebody is that asks: by a token that is shown, or by the network it comes from. */
@NullMarked
package org.decoymx.support;

import org.jspecify.annotations.NullMarked;
