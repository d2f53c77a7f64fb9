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

/** What DNS has, in memory. */
final class Zone implements Lookup {
    private final Map<String, List<String>> records = new TreeMap<>();
    private final Set<String> broken = new HashSet<>();
    private int questions;

    /** Adds a record: its type is TXT, A, AAAA or MX. */
    Zone with(String name, String type, String value) {
        records.computeIfAbsent(key(name, type), key -> new ArrayList<>()).add(value);
        return this;
    }

    /** Questions for a name fail from now on. */
    Zone withFailureOf(String name) {
        broken.add(name);
        return this;
    }

    /** All that was there is gone. */
    void clear() {
        records.clear();
        broken.clear();
    }

    int questions() {
        return questions;
    }

    private static String key(String name, String type) {
        return name.toLowerCase(Locale.ROOT) + " " + type;
    }

    private List<String> ask(String name, String type) throws DnsFailure {
        questions++;
        if (!DnsName.isValid(name)) {
            throw new AssertionError("asked for " + name);
        }
        if (broken.contains(name)) {
            throw new DnsFailure(type + " of " + name + ": SERVFAIL from 192.0.2.53:53");
        }
        return records.getOrDefault(key(name, type), List.of());
    }

    @Override
    public List<String> texts(String name) throws DnsFailure {
        return ask(name, "TXT");
    }

    @Override
    public List<InetAddress> addresses(String name, boolean v6) throws DnsFailure {
        return ask(name, v6 ? "AAAA" : "A").stream()
                .map(address -> Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address)))
                .toList();
    }

    @Override
    public List<String> mailHosts(String name) throws DnsFailure {
        return ask(name, "MX");
    }
}
