/** Tests of what asks DNS, without DNS. */
@NullMarked
package org.decoymx.exemption;

import org.jspecify.annotations.NullMarked;
