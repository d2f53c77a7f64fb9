/** Tests of what people and their tools look at. */
@NullMarked
package org.decoymx.console;

import org.jspecify.annotations.NullMarked;
