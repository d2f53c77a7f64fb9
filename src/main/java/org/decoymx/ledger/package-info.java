/** What is known of each sender: sightings are folded into it, and committed before anybody is told. */
@NullMarked
package org.decoymx.ledger;

import org.jspecify.annotations.NullMarked;
