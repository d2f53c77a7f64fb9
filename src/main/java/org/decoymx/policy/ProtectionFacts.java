package org.decoymx.policy;

import java.util.List;

/**
 * What is known now of the protections of one protected domain.
 *
 * @param domain as configured
 * @param mxOrder what DNS says of its MX hosts
 * @param mxDetail a part of a sentence on {@code mxOrder}; empty if there is nothing to say
 * @param hosts its real MX hosts, as far as they are known
 * @param reported when they reported to this node
 * @param coverage when a return to any of them could have been seen
 * @param spfDomains number of the domains whose SPF networks are exempt
 * @param unknownSpfDomains those whose networks are not known, if that is a fault
 */
public record ProtectionFacts(
        String domain,
        MxPosition mxOrder,
        String mxDetail,
        List<PrimaryFact> hosts,
        ReportCoverage reported,
        ReportCoverage coverage,
        int spfDomains,
        List<String> unknownSpfDomains) {

    /** What DNS says of the MX hosts of a domain. */
    public enum MxPosition {
        /** The decoy is the worst of them. */
        WORST,
        /** It is not, or there is no better one. */
        WRONG,
        /** DNS was not asked yet, or did not answer. */
        UNKNOWN,
        /** DNS is not asked, by configuration. */
        NOT_CHECKED
    }

    /**
     * A real MX host.
     *
     * @param isKnown whether it was probed
     * @param isUp whether the last probe succeeded
     */
    public record PrimaryFact(String host, boolean isKnown, boolean isUp) {}
}
