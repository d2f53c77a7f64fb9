/** General helper classes that any package may use. */
@NullMarked
package org.decoymx.support;

import org.jspecify.annotations.NullMarked;
