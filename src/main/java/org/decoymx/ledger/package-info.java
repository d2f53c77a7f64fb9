/** The ledger of all senders. Sightings are aggregated and committed to disk before the blocklist is updated. */
@NullMarked
package org.decoymx.ledger;

import org.jspecify.annotations.NullMarked;
