/** Tests of exemptions; DNS lookups are simulated. */
@NullMarked
package org.decoymx.exemption;

import org.jspecify.annotations.NullMarked;
