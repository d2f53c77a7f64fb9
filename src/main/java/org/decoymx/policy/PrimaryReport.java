package org.decoymx.policy;

import org.decoymx.net.IpPrefix;

/** What a primary reported of a client, as nodes share it. It may excuse the client, also at another node. */
public sealed interface PrimaryReport permits PrimaryAttempt, TrustVisit, PrimaryReport.Seen, PrimaryReport.Accepted {

    /** Who visited the primary. */
    IpPrefix client();

    /** When, in seconds since 1970. */
    long at();

    /**
     * A client was seen, whatever it did.
     *
     * @param listed whether it was listed itself
     */
    record Seen(IpPrefix client, long at, boolean listed) implements PrimaryReport {}

    /** Mail of a client was accepted. */
    record Accepted(IpPrefix client, long at) implements PrimaryReport {}
}
