/** The check: what the decoy knows of its own state, and what to do. */
@NullMarked
package org.decoymx.admin.check;

import org.jspecify.annotations.NullMarked;
