/** Decides which senders are listed, and why. Pure: no I/O. */
@NullMarked
package org.decoymx.policy;

import org.jspecify.annotations.NullMarked;
