/** Tests of what the real MX says. */
@NullMarked
package org.decoymx.primary;

import org.jspecify.annotations.NullMarked;
