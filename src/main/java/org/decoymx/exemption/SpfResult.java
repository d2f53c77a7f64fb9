package org.decoymx.exemption;

import java.util.List;
import org.decoymx.net.IpPrefix;

/** Result of resolving the SPF record of a domain. */
sealed interface SpfResult {

    /**
     * The record contains networks.
     *
     * @param networks at least one, without duplicates
     * @param skippedTerms the first few ignored terms, for example "ptr, which cannot be enumerated"
     */
    record SpfNetworksFound(List<IpPrefix> networks, List<String> skippedTerms) implements SpfResult {}

    /**
     * DNS did not answer, or there is no valid record with networks.
     *
     * @param reason for example "example.org has no SPF record"
     * @param answered whether DNS did answer
     */
    record SpfResolutionFailed(String reason, boolean answered) implements SpfResult {}
}
