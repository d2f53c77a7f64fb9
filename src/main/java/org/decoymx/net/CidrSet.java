package org.decoymx.net;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;

/** A set of networks, for example the trusted proxies, or the networks that may read the feeds. */
public final class CidrSet {
    private final List<IpSubnetFilterRule> rules;

    /**
     * @param cidrs addresses and networks: {@code 192.0.2.1}, {@code 192.0.2.0/24}, {@code 2001:db8::/32}
     * @throws IllegalArgumentException if an element is not valid; the message quotes it
     */
    public CidrSet(Collection<String> cidrs) {
        rules = cidrs.stream().map(CidrSet::parseRule).toList();
    }

    private static IpSubnetFilterRule parseRule(String cidr) {
        int slash = cidr.indexOf('/');
        String address = slash < 0 ? cidr : cidr.substring(0, slash);
        boolean v4 = IpText.parseAddress(address).isPresent() && !address.contains(":");
        if (IpText.parseAddress(address).isPresent()) {
            try {
                int prefix = slash < 0 ? (v4 ? 32 : 128) : Integer.parseInt(cidr.substring(slash + 1));
                return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + cidr + "' does not have a valid prefix length", e);
            }
        }
        throw new IllegalArgumentException("'" + cidr
                + "' is not a valid IP address or network (examples: 192.0.2.1, 192.0.2.0/24, 2001:db8::/32)");
    }

    /** Whether the set contains no network. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    public boolean contains(InetAddress address) {
        return !rules.isEmpty() && contains(new InetSocketAddress(address, 0));
    }

    private boolean contains(InetSocketAddress address) {
        return rules.stream().anyMatch(rule -> rule.matches(address));
    }
}
