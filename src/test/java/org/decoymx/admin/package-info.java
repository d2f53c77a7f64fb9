/** Tests of what people and their tools look at. */
@NullMarked
package org.decoymx.admin;

import org.jspecify.annotations.NullMarked;
