/** Lookups for Postfix: the policy service and the socketmap, each a pure protocol on a TCP port. */
@NullMarked
package org.decoymx.postfix;

import org.jspecify.annotations.NullMarked;
