/** What the real MX says: who was seen there first, and whether it is up. */
@NullMarked
package org.decoymx.primary;

import org.jspecify.annotations.NullMarked;
