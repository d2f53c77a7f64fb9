package org.decoymx.sighting;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.decoymx.net.IpPrefix;

/** What other parts learn about senders that must not be listed. Published on the event bus, like a sighting. */
public sealed interface ProtectionMessage {

    /** The event bus address to which these messages are published. */
    String EVENT_BUS_ADDRESS = "decoymx.protection";

    /**
     * A sender was seen at a primary MX, so its network must not be listed as a whole.
     *
     * @param seenAt when; it may be in the past
     * @param listed whether the sender is listed: then its network is not protected, because all of it may be listed
     * @param mx an address of the primary MX, if it is known
     */
    record PrimaryVisit(IpPrefix origin, Instant seenAt, boolean listed, Optional<IpPrefix> mx)
            implements ProtectionMessage {}

    /**
     * A primary MX went down. Senders listed since then may have come because of that, and must be delisted.
     *
     * @param since when the primary was last known to be up
     */
    record OutageBegan(Instant since) implements ProtectionMessage {}

    /** All primary MX hosts were found to be up after a catch, so a first listing that waited for this is published. */
    record PrimaryVerified() implements ProtectionMessage {}

    /** Exempt networks were added or removed, so all listed senders must be evaluated again. */
    record ExemptionsChanged() implements ProtectionMessage {}

    /** Senders turned out to be exempt, so their sessions should not have been scored. */
    record SendersExempted(Set<IpPrefix> origins) implements ProtectionMessage {}
}
