package org.decoymx.exemption;

import java.time.Instant;
import java.util.List;
import org.decoymx.policy.IpNetwork;

/**
 * The networks that a domain sent from when last its SPF record could be read.
 *
 * @param resolvedAt when that was
 */
record SpfNetworks(Instant resolvedAt, List<IpNetwork> networks) {}
