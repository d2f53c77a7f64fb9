package org.decoymx.primary;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.decoymx.dns.DnsName;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.support.MachineName;

/**
 * What is looked up in DNS about the decoy.
 *
 * @param domains the protected domains, in lower case, as A-labels; each with whether its subdomains are protected too.
 *     Empty when DNS is not asked
 * @param decoys names of the decoys in MX records, in lower case
 * @param findsPrimaries whether the primary MX hosts are those in DNS
 */
record MxSettings(Map<String, Boolean> domains, Set<String> decoys, boolean findsPrimaries) {

    /** In trial mode, every recipient is protected, and DNS is not asked. */
    static MxSettings of(PolicyConfig policy, PrimaryConfig primary, Optional<String> hostname) {
        Map<String, Boolean> domains = new LinkedHashMap<>();
        if (policy.policy().requireMx()) {
            for (String name : policy.domains().orElse(List.of())) {
                domains.merge(domainName(name), name.strip().startsWith("."), Boolean::logicalOr);
            }
        }
        Set<String> decoys = new TreeSet<>();
        decoys.add(normalize(hostname.orElseGet(MachineName::find)));
        policy.policy().decoyHosts().ifPresent(hosts -> hosts.forEach(host -> decoys.add(normalize(host.strip()))));
        return new MxSettings(
                domains, decoys, !domains.isEmpty() && primary.hosts().isEmpty());
    }

    /** The name of a domain in {@code decoy.domains}, without the dot that includes the subdomains. */
    static String domainName(String configured) {
        String domain = configured.strip();
        return normalize(domain.startsWith(".") ? domain.substring(1) : domain);
    }

    private static String normalize(String name) {
        try {
            return DnsName.parseDomain(name);
        } catch (IllegalArgumentException e) {
            // a name without a dot, which DNS does not have
            return name.toLowerCase(Locale.ROOT);
        }
    }

    /** Whether only those recipients count of whose domain the decoy is the worst MX. */
    boolean isRequired() {
        return !domains.isEmpty();
    }
}
