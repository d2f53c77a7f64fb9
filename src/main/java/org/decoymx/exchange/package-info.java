/** Shares the ledger with other nodes through Kafka. Nothing of it runs without {@code decoy.exchange.servers}. */
@NullMarked
package org.decoymx.exchange;

import org.jspecify.annotations.NullMarked;
