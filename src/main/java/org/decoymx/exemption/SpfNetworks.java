package org.decoymx.exemption;

import java.time.Instant;
import java.util.List;
import org.decoymx.net.IpPrefix;

/**
 * The networks in the SPF record of a domain.
 *
 * @param resolvedAt when the record was resolved
 */
record SpfNetworks(Instant resolvedAt, List<IpPrefix> networks) {}
