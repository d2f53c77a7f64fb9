package org.decoymx.exemption;

import java.util.List;
import org.decoymx.policy.IpNetwork;

/** What became of looking for the networks that a domain sends from. */
sealed interface SpfResult {

    /**
     * The domain names some.
     *
     * @param networks one at least, without doubles
     * @param skippedTerms what was left out, each as "exists:%{i}.example.org, which cannot be listed", few
     */
    record SpfNetworksFound(List<IpNetwork> networks, List<String> skippedTerms) implements SpfResult {}

    /**
     * DNS did not answer, or the domain names no network.
     *
     * @param reason why, as "example.org has no SPF record"
     */
    record SpfResolutionFailed(String reason) implements SpfResult {}
}
