package org.decoymx.exemption;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.IpNetwork;

/**
 * Finds the networks that a domain sends from by going through its SPF record, and all that this includes: RFC 7208. Only
 * what the record lets pass counts. What depends on the sender (ptr, exists, macros) cannot be listed, and is left out.
 */
final class SpfNetworkResolver {
    /** RFC 7208 section 4.6.4. */
    private static final int MAX_LOOKUPS = 10;

    private static final int MAX_VOID_LOOKUPS = 2;
    private static final int MAX_MX_HOSTS = 10;

    private static final int MAX_NETWORKS = 5_000;
    private static final int MAX_SKIPPED_TERMS = 20;
    private static final int MAX_MESSAGE_LENGTH = 300;
    private static final int MIN_PREFIX_LENGTH_V4 = 8;
    private static final int MIN_PREFIX_LENGTH_V6 = 19;

    private final DnsResolver dns;
    private final Set<IpNetwork> networks = new LinkedHashSet<>();
    private final List<String> skippedTerms = new ArrayList<>();
    private int lookups;
    private int voidLookups;

    private SpfNetworkResolver(DnsResolver dns) {
        this.dns = dns;
    }

    /**
     * Finds the networks of a domain.
     *
     * @param domain a valid name
     */
    static SpfResult resolve(String domain, DnsResolver dns) {
        SpfNetworkResolver walk = new SpfNetworkResolver(dns);
        try {
            walk.evaluateDomain(domain);
        } catch (DnsLookupException | SpfPermErrorException e) {
            return new SpfResult.SpfResolutionFailed(truncate(String.valueOf(e.getMessage())));
        }
        if (walk.networks.isEmpty()) {
            String leftOut = walk.skippedTerms.isEmpty() ? "" : ": left out is " + walk.skippedTerms.get(0);
            return new SpfResult.SpfResolutionFailed(
                    truncate("the SPF record of " + domain + " names no networks" + leftOut));
        }
        return new SpfResult.SpfNetworksFound(List.copyOf(walk.networks), List.copyOf(walk.skippedTerms));
    }

    /** Whether a network is too wide to be exempt: someone's {@code ip4:0.0.0.0/0} must not take everybody in. */
    static boolean isTooWide(IpNetwork network) {
        return network.prefixLength() < (network.base().v6() ? MIN_PREFIX_LENGTH_V6 : MIN_PREFIX_LENGTH_V4);
    }

    private void evaluateDomain(String domain) throws DnsLookupException, SpfPermErrorException {
        SpfRecord record = fetchRecord(domain);
        for (SpfMechanism term : record.mechanisms()) {
            if (term instanceof SpfMechanism.AllMechanism) {
                return;
            }
            evaluateMechanism(domain, term);
        }
        String redirect = record.redirect();
        if (redirect != null) {
            countLookup(domain);
            if (!skipIfMacro("redirect=", redirect)) {
                evaluateDomain(redirect);
            }
        }
    }

    private SpfRecord fetchRecord(String domain) throws DnsLookupException, SpfPermErrorException {
        List<String> found = DnsName.isValid(domain)
                ? dns.lookUpTxt(domain).stream().filter(SpfRecord::isSpfRecord).toList()
                : List.of();
        if (found.size() != 1) {
            throw new SpfPermErrorException(
                    domain + " has " + (found.isEmpty() ? "no SPF record" : "more than one SPF record"));
        }
        try {
            return SpfRecord.parse(found.get(0));
        } catch (SpfPermErrorException e) {
            throw new SpfPermErrorException("the SPF record of " + domain + " " + e.getMessage());
        }
    }

    private void evaluateMechanism(String domain, SpfMechanism term) throws DnsLookupException, SpfPermErrorException {
        if (term instanceof SpfMechanism.IpMechanism addresses) {
            if (term.passes()) {
                addNetwork(addresses.network());
            }
            return;
        }
        countLookup(domain);
        if (!term.passes()) {
            return;
        }
        if (term instanceof SpfMechanism.IncludeMechanism include && !skipIfMacro("include:", include.domain())) {
            evaluateDomain(include.domain());
        } else if (term instanceof SpfMechanism.HostMechanism hosts
                && !skipIfMacro(hosts.mx() ? "mx:" : "a:", hosts.domain())) {
            addHostNetworks(hosts, hosts.domain().isEmpty() ? domain : hosts.domain());
        } else if (term instanceof SpfMechanism.NonEnumerable unlistable) {
            recordSkipped(unlistable.text() + ", which cannot be listed");
        }
    }

    private void countLookup(String domain) throws SpfPermErrorException {
        lookups++;
        if (lookups > MAX_LOOKUPS) {
            throw new SpfPermErrorException("the SPF record of " + domain + " is one look-up too many: RFC 7208 allows "
                    + MAX_LOOKUPS + " in all");
        }
    }

    private boolean skipIfMacro(String name, String domain) {
        boolean macro = domain.indexOf('%') >= 0;
        if (macro) {
            recordSkipped(name + domain + ", which depends on the sender");
        }
        return macro;
    }

    private void addHostNetworks(SpfMechanism.HostMechanism hosts, String name)
            throws DnsLookupException, SpfPermErrorException {
        if (!hosts.mx()) {
            addAddressNetworks(hosts, name);
            return;
        }
        List<String> mail = DnsName.isValid(name) ? dns.lookUpMxHosts(name) : List.of();
        if (mail.size() > MAX_MX_HOSTS) {
            throw new SpfPermErrorException(
                    name + " has more than " + MAX_MX_HOSTS + " MX records, of which its SPF record speaks");
        }
        if (mail.isEmpty()) {
            countVoidLookup(name);
        }
        for (String host : mail) {
            addAddressNetworks(hosts, host);
        }
    }

    private void addAddressNetworks(SpfMechanism.HostMechanism hosts, String name)
            throws DnsLookupException, SpfPermErrorException {
        boolean found = false;
        if (DnsName.isValid(name)) {
            for (InetAddress address : dns.lookUpAddresses(name, false)) {
                found = true;
                addNetwork(SpfRecord.networkAround(Origin.of(address), hosts.v4PrefixLength()));
            }
            for (InetAddress address : dns.lookUpAddresses(name, true)) {
                Origin origin = Origin.of(address);
                found = true;
                addNetwork(
                        SpfRecord.networkAround(origin, origin.v6() ? hosts.v6PrefixLength() : hosts.v4PrefixLength()));
            }
        }
        if (!found) {
            countVoidLookup(name);
        }
    }

    /** A name of both families that has none of either is one void look-up, as a receiver asks for one of them. */
    private void countVoidLookup(String name) throws SpfPermErrorException {
        voidLookups++;
        if (voidLookups > MAX_VOID_LOOKUPS) {
            throw new SpfPermErrorException("there is nothing by the name of " + name + ", nor by " + MAX_VOID_LOOKUPS
                    + " others that the SPF record names");
        }
    }

    private void addNetwork(IpNetwork network) throws SpfPermErrorException {
        if (isTooWide(network)) {
            recordSkipped(network + ", which is too wide");
            return;
        }
        networks.add(network);
        if (networks.size() > MAX_NETWORKS) {
            throw new SpfPermErrorException("there are more than " + MAX_NETWORKS + " networks");
        }
    }

    private void recordSkipped(String words) {
        if (skippedTerms.size() < MAX_SKIPPED_TERMS && !skippedTerms.contains(truncate(words))) {
            skippedTerms.add(truncate(words));
        }
    }

    private static String truncate(String words) {
        return words.length() > MAX_MESSAGE_LENGTH ? words.substring(0, MAX_MESSAGE_LENGTH) + "..." : words;
    }
}
