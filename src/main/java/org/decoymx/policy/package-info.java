/** Who is listed, and why: pure decisions. */
@NullMarked
package org.decoymx.policy;

import org.jspecify.annotations.NullMarked;
