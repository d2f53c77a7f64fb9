package org.decoymx.ledger;

import java.util.Collection;
import org.decoymx.policy.Sender;

/**
 * The event fired after a commit, so that nothing is published before it is on disk.
 *
 * @param senders the changed senders
 */
public record SendersCommitted(Collection<Sender> senders) {}
