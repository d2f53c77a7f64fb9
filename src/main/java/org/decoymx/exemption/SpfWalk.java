package org.decoymx.exemption;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Network;

/**
 * Finds the networks that a domain sends from by going through its SPF record, and all that this includes: RFC 7208. Only
 * what the record lets pass counts. What depends on the sender (ptr, exists, macros) cannot be listed, and is left out.
 */
final class SpfWalk {
    /** RFC 7208 section 4.6.4. */
    private static final int MAX_LOOKUPS = 10;

    private static final int MAX_VOIDS = 2;
    private static final int MAX_MAIL_HOSTS = 10;

    private static final int MAX_NETWORKS = 5_000;
    private static final int MAX_REMARKS = 20;
    private static final int MAX_WORDS = 300;
    private static final int WIDEST_V4 = 8;
    private static final int WIDEST_V6 = 19;

    private final Lookup dns;
    private final Set<Network> networks = new LinkedHashSet<>();
    private final List<String> remarks = new ArrayList<>();
    private int lookups;
    private int voids;

    private SpfWalk(Lookup dns) {
        this.dns = dns;
    }

    /**
     * Finds the networks of a domain.
     *
     * @param domain a valid name
     */
    static SpfAnswer from(String domain, Lookup dns) {
        SpfWalk walk = new SpfWalk(dns);
        try {
            walk.visit(domain);
        } catch (DnsFailure | SpfError e) {
            return new SpfAnswer.Failed(cut(String.valueOf(e.getMessage())));
        }
        if (walk.networks.isEmpty()) {
            String leftOut = walk.remarks.isEmpty() ? "" : ": left out is " + walk.remarks.get(0);
            return new SpfAnswer.Failed(cut("the SPF record of " + domain + " names no networks" + leftOut));
        }
        return new SpfAnswer.Found(List.copyOf(walk.networks), List.copyOf(walk.remarks));
    }

    /** Whether a network is too wide to be exempt: someone's {@code ip4:0.0.0.0/0} must not take everybody in. */
    static boolean isTooWide(Network network) {
        return network.prefix() < (network.base().v6() ? WIDEST_V6 : WIDEST_V4);
    }

    private void visit(String domain) throws DnsFailure, SpfError {
        SpfRecord record = record(domain);
        for (SpfTerm term : record.terms()) {
            if (term instanceof SpfTerm.All) {
                return;
            }
            take(domain, term);
        }
        String redirect = record.redirect();
        if (redirect != null) {
            count(domain);
            if (!isMacro("redirect=", redirect)) {
                visit(redirect);
            }
        }
    }

    private SpfRecord record(String domain) throws DnsFailure, SpfError {
        List<String> found = DnsName.isValid(domain)
                ? dns.texts(domain).stream().filter(SpfRecord::isOne).toList()
                : List.of();
        if (found.size() != 1) {
            throw new SpfError(domain + " has " + (found.isEmpty() ? "no SPF record" : "more than one SPF record"));
        }
        try {
            return SpfRecord.parse(found.get(0));
        } catch (SpfError e) {
            throw new SpfError("the SPF record of " + domain + " " + e.getMessage());
        }
    }

    private void take(String domain, SpfTerm term) throws DnsFailure, SpfError {
        if (term instanceof SpfTerm.Addresses addresses) {
            if (term.passes()) {
                add(addresses.network());
            }
            return;
        }
        count(domain);
        if (!term.passes()) {
            return;
        }
        if (term instanceof SpfTerm.Include include && !isMacro("include:", include.domain())) {
            visit(include.domain());
        } else if (term instanceof SpfTerm.Hosts hosts && !isMacro(hosts.mail() ? "mx:" : "a:", hosts.domain())) {
            addHosts(hosts, hosts.domain().isEmpty() ? domain : hosts.domain());
        } else if (term instanceof SpfTerm.Unlistable unlistable) {
            remark(unlistable.text() + ", which cannot be listed");
        }
    }

    private void count(String domain) throws SpfError {
        lookups++;
        if (lookups > MAX_LOOKUPS) {
            throw new SpfError("the SPF record of " + domain + " is one look-up too many: RFC 7208 allows "
                    + MAX_LOOKUPS + " in all");
        }
    }

    private boolean isMacro(String name, String domain) {
        boolean macro = domain.indexOf('%') >= 0;
        if (macro) {
            remark(name + domain + ", which depends on the sender");
        }
        return macro;
    }

    private void addHosts(SpfTerm.Hosts hosts, String name) throws DnsFailure, SpfError {
        if (!hosts.mail()) {
            addAddresses(hosts, name);
            return;
        }
        List<String> mail = DnsName.isValid(name) ? dns.mailHosts(name) : List.of();
        if (mail.size() > MAX_MAIL_HOSTS) {
            throw new SpfError(
                    name + " has more than " + MAX_MAIL_HOSTS + " MX records, of which its SPF record speaks");
        }
        if (mail.isEmpty()) {
            countVoid(name);
        }
        for (String host : mail) {
            addAddresses(hosts, host);
        }
    }

    private void addAddresses(SpfTerm.Hosts hosts, String name) throws DnsFailure, SpfError {
        boolean found = false;
        if (DnsName.isValid(name)) {
            for (InetAddress address : dns.addresses(name, false)) {
                found = true;
                add(SpfRecord.around(Origin.of(address), hosts.v4()));
            }
            for (InetAddress address : dns.addresses(name, true)) {
                Origin origin = Origin.of(address);
                found = true;
                add(SpfRecord.around(origin, origin.v6() ? hosts.v6() : hosts.v4()));
            }
        }
        if (!found) {
            countVoid(name);
        }
    }

    /** A name of both families that has none of either is one void look-up, as a receiver asks for one of them. */
    private void countVoid(String name) throws SpfError {
        voids++;
        if (voids > MAX_VOIDS) {
            throw new SpfError("there is nothing by the name of " + name + ", nor by " + MAX_VOIDS
                    + " others that the SPF record names");
        }
    }

    private void add(Network network) throws SpfError {
        if (isTooWide(network)) {
            remark(network + ", which is too wide");
            return;
        }
        networks.add(network);
        if (networks.size() > MAX_NETWORKS) {
            throw new SpfError("there are more than " + MAX_NETWORKS + " networks");
        }
    }

    private void remark(String words) {
        if (remarks.size() < MAX_REMARKS && !remarks.contains(cut(words))) {
            remarks.add(cut(words));
        }
    }

    private static String cut(String words) {
        return words.length() > MAX_WORDS ? words.substring(0, MAX_WORDS) + "..." : words;
    }
}
