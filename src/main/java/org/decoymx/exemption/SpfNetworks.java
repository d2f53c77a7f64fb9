package org.decoymx.exemption;

import java.time.Instant;
import java.util.List;
import org.decoymx.policy.Network;

/**
 * The networks that a domain sent from when last its SPF record could be read.
 *
 * @param found when that was
 */
record SpfNetworks(Instant found, List<Network> networks) {}
