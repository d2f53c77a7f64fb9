/** State of the primary MX hosts: whether they are up, and which senders were seen there. */
@NullMarked
package org.decoymx.primary;

import org.jspecify.annotations.NullMarked;
