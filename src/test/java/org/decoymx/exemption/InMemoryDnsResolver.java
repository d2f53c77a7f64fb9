package org.decoymx.exemption;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.dns.DnsName;
import org.decoymx.dns.DnsResolver;

/** DNS records in memory. */
final class InMemoryDnsResolver implements DnsResolver {
    private final Map<String, List<String>> records = new TreeMap<>();
    private final Set<String> failingNames = new HashSet<>();
    private int queryCount;

    /** Adds a record of type TXT, A, AAAA or MX. */
    InMemoryDnsResolver withRecord(String name, String type, String value) {
        records.computeIfAbsent(key(name, type), key -> new ArrayList<>()).add(value);
        return this;
    }

    /** Makes queries for a name fail. */
    InMemoryDnsResolver withFailureOf(String name) {
        failingNames.add(name);
        return this;
    }

    /** Removes all records and failures. */
    void clear() {
        records.clear();
        failingNames.clear();
    }

    int queryCount() {
        return queryCount;
    }

    private static String key(String name, String type) {
        return name.toLowerCase(Locale.ROOT) + " " + type;
    }

    private List<String> query(String name, String type) throws DnsLookupException {
        queryCount++;
        if (!DnsName.isValid(name)) {
            throw new AssertionError("invalid name in query: " + name);
        }
        if (failingNames.contains(name)) {
            throw new DnsLookupException(type + " of " + name + ": SERVFAIL from 192.0.2.53:53");
        }
        return records.getOrDefault(key(name, type), List.of());
    }

    @Override
    public List<String> lookUpTxt(String name) throws DnsLookupException {
        return query(name, "TXT");
    }

    @Override
    public List<InetAddress> lookUpAddresses(String name, boolean v6) throws DnsLookupException {
        return query(name, v6 ? "AAAA" : "A").stream()
                .map(address -> Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address)))
                .toList();
    }

    @Override
    public List<String> lookUpMxHosts(String name) throws DnsLookupException {
        return query(name, "MX");
    }
}
