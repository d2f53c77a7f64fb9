package org.decoymx.exemption;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.dns.DnsName;
import org.decoymx.dns.DnsResolver;
import org.decoymx.net.IpPrefix;
import org.decoymx.support.PrintableText;

/**
 * Enumerates the networks that pass the SPF record of a domain, including its includes and redirects (RFC 7208). Terms
 * that depend on the sender (ptr, exists, macros) cannot be enumerated and are skipped.
 */
final class SpfNetworkResolver {
    /** Limits of RFC 7208, section 4.6.4. */
    private static final int MAX_LOOKUPS = 10;

    private static final int MAX_VOID_LOOKUPS = 2;
    private static final int MAX_MX_HOSTS = 10;

    private static final int MAX_NETWORKS = 5_000;
    private static final int MAX_SKIPPED_TERMS = 20;
    private static final int MAX_MESSAGE_LENGTH = 300;
    private static final int MIN_PREFIX_LENGTH_V4 = 8;
    private static final int MIN_PREFIX_LENGTH_V6 = 19;

    private final DnsResolver dns;
    private final Set<IpPrefix> networks = new LinkedHashSet<>();
    private final List<String> skippedTerms = new ArrayList<>();
    private int lookups;
    private int voidLookups;

    private SpfNetworkResolver(DnsResolver dns) {
        this.dns = dns;
    }

    /**
     * Resolves the networks of a domain.
     *
     * @param domain a valid domain name
     */
    static SpfResult resolve(String domain, DnsResolver dns) {
        SpfNetworkResolver resolver = new SpfNetworkResolver(dns);
        try {
            resolver.evaluateDomain(domain);
        } catch (DnsLookupException e) {
            return failed(String.valueOf(e.getMessage()), false);
        } catch (SpfPermErrorException e) {
            return failed(String.valueOf(e.getMessage()), true);
        }
        if (resolver.networks.isEmpty()) {
            String ignored = resolver.skippedTerms.isEmpty() ? "" : ": ignored " + resolver.skippedTerms.get(0);
            return failed("the SPF record of " + domain + " contains no usable networks" + ignored, true);
        }
        return new SpfResult.SpfNetworksFound(List.copyOf(resolver.networks), List.copyOf(resolver.skippedTerms));
    }

    private static SpfResult failed(String reason, boolean answered) {
        return new SpfResult.SpfResolutionFailed(PrintableText.toAscii(reason, MAX_MESSAGE_LENGTH), answered);
    }

    /** Whether a network is too large to be exempt: {@code ip4:0.0.0.0/0} must not exempt the whole Internet. */
    static boolean isTooWide(IpPrefix network) {
        return network.prefixLength() < (network.v6() ? MIN_PREFIX_LENGTH_V6 : MIN_PREFIX_LENGTH_V4);
    }

    private void evaluateDomain(String domain) throws DnsLookupException, SpfPermErrorException {
        SpfRecord record = fetchRecord(domain);
        for (SpfMechanism mechanism : record.mechanisms()) {
            if (mechanism instanceof SpfMechanism.AllMechanism) {
                return;
            }
            evaluateMechanism(domain, mechanism);
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

    private void evaluateMechanism(String domain, SpfMechanism mechanism)
            throws DnsLookupException, SpfPermErrorException {
        if (mechanism instanceof SpfMechanism.IpMechanism addresses) {
            if (mechanism.passes()) {
                addNetwork(addresses.network());
            }
            return;
        }
        countLookup(domain);
        if (!mechanism.passes()) {
            return;
        }
        if (mechanism instanceof SpfMechanism.IncludeMechanism include && !skipIfMacro("include:", include.domain())) {
            evaluateDomain(include.domain());
        } else if (mechanism instanceof SpfMechanism.HostMechanism hosts
                && !skipIfMacro(hosts.mx() ? "mx:" : "a:", hosts.domain())) {
            addHostNetworks(hosts, hosts.domain().isEmpty() ? domain : hosts.domain());
        } else if (mechanism instanceof SpfMechanism.NonEnumerable nonEnumerable) {
            recordSkipped(nonEnumerable.text() + ", which cannot be enumerated");
        }
    }

    private void countLookup(String domain) throws SpfPermErrorException {
        lookups++;
        if (lookups > MAX_LOOKUPS) {
            throw new SpfPermErrorException("the SPF record of " + domain + " exceeds the limit of " + MAX_LOOKUPS
                    + " DNS lookups (RFC 7208, section 4.6.4)");
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
        List<String> mxHosts = DnsName.isValid(name) ? dns.lookUpMxHosts(name) : List.of();
        if (mxHosts.size() > MAX_MX_HOSTS) {
            throw new SpfPermErrorException(
                    name + " has more than " + MAX_MX_HOSTS + " MX records (RFC 7208, section 4.6.4)");
        }
        if (mxHosts.isEmpty()) {
            countVoidLookup(name);
        }
        for (String host : mxHosts) {
            addAddressNetworks(hosts, host);
        }
    }

    private void addAddressNetworks(SpfMechanism.HostMechanism hosts, String name)
            throws DnsLookupException, SpfPermErrorException {
        boolean found = false;
        if (DnsName.isValid(name)) {
            for (InetAddress address : dns.lookUpAddresses(name, false)) {
                found = true;
                addNetwork(IpPrefix.hostNetworkOf(address).around(hosts.v4PrefixLength()));
            }
            for (InetAddress address : dns.lookUpAddresses(name, true)) {
                IpPrefix origin = IpPrefix.hostNetworkOf(address);
                found = true;
                addNetwork(origin.around(origin.v6() ? hosts.v6PrefixLength() : hosts.v4PrefixLength()));
            }
        }
        if (!found) {
            countVoidLookup(name);
        }
    }

    /** A name without A and AAAA records is one void lookup, because a receiver queries only one of the two types. */
    private void countVoidLookup(String name) throws SpfPermErrorException {
        voidLookups++;
        if (voidLookups > MAX_VOID_LOOKUPS) {
            throw new SpfPermErrorException("no DNS records for " + name + "; this exceeds the limit of "
                    + MAX_VOID_LOOKUPS + " void lookups (RFC 7208, section 4.6.4)");
        }
    }

    private void addNetwork(IpPrefix network) throws SpfPermErrorException {
        if (isTooWide(network)) {
            recordSkipped(network.cidr() + ", which is too large");
            return;
        }
        networks.add(network);
        if (networks.size() > MAX_NETWORKS) {
            throw new SpfPermErrorException("more than " + MAX_NETWORKS + " networks");
        }
    }

    private void recordSkipped(String text) {
        String term = PrintableText.toAscii(text, MAX_MESSAGE_LENGTH);
        if (skippedTerms.size() < MAX_SKIPPED_TERMS && !skippedTerms.contains(term)) {
            skippedTerms.add(term);
        }
    }
}
