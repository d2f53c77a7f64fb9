package org.decoymx.ledger;

import java.util.Collection;

/**
 * The event that tells what has just been committed: commit first, publish after.
 *
 * @param senders the senders that changed, as they are now
 */
public record SendersCommitted(Collection<Sender> senders) {}
