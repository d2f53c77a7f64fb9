/** Tests of exemptions; DNS lookups are simulated. */
@NullMarked
package org.decoymx.dns;

import org.jspecify.annotations.NullMarked;
