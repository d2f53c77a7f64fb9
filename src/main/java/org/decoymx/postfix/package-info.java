/** The list asked by Postfix: its policy service and its socketmap, each a pure protocol on a TCP port. */
@NullMarked
package org.decoymx.postfix;

import org.jspecify.annotations.NullMarked;
