package org.decoymx.dnsbl;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumMap;
import java.util.Map;
import org.decoymx.blocklist.ReturnCode;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;

/** The DNSBL zone and its records. */
final class DnsblZone {
    /** Seconds for which a resolver may cache that a name does not exist (RFC 2308 section 5). */
    private static final long NEGATIVE_TTL = 60;

    private static final long NS_TTL = 3_600;
    private static final long REFRESH = 600;
    private static final long RETRY = 300;
    private static final long EXPIRE = 86_400;

    /**
     * Maximum octets of the zone name: the 64 octets of a reversed IPv6 address must fit too (RFC 1035 section 2.3.4).
     */
    private static final int MAX_NAME_OCTETS = 191;

    private static final String DEFAULT_SERVER_NAME = "decoymx.invalid.";

    private final Name apex;
    private final Name server;
    private final Name admin;
    private final Map<ReturnCode, InetAddress> addresses = new EnumMap<>(ReturnCode.class);

    /**
     * @param zone the zone name, with or without the trailing dot
     * @param hostname the name of this server; if empty or not valid in DNS, a name below {@code .invalid} is used
     * @throws IllegalArgumentException if the zone name is not valid; the message quotes it
     */
    DnsblZone(String zone, String hostname) {
        apex = parseZoneName(zone);
        server = parseServerName(hostname);
        admin = adminName(server);
        for (ReturnCode code : ReturnCode.values()) {
            addresses.put(code, parseAddress(code.address()));
        }
    }

    private static Name parseZoneName(String text) {
        String message = "'" + text + "' is not a valid domain name (example: bl.example.org; at most "
                + MAX_NAME_OCTETS + " octets)";
        try {
            Name name = Name.fromString(text, Name.root);
            if (name.length() > MAX_NAME_OCTETS || name.equals(Name.root) || !text.matches("[A-Za-z0-9._-]+")) {
                throw new IllegalArgumentException(message);
            }
            return name;
        } catch (TextParseException e) {
            throw new IllegalArgumentException(message, e);
        }
    }

    private static Name parseServerName(String hostname) {
        try {
            return Name.fromString(hostname.isEmpty() ? DEFAULT_SERVER_NAME : hostname, Name.root);
        } catch (TextParseException e) {
            return Name.fromConstantString(DEFAULT_SERVER_NAME);
        }
    }

    private static Name adminName(Name server) {
        try {
            return Name.fromString("hostmaster", server);
        } catch (TextParseException e) {
            return server;
        }
    }

    private static InetAddress parseAddress(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(text + " is an address", e);
        }
    }

    /** The number of labels below the apex: 0 for the apex itself, -1 for a name outside the zone. */
    int labelsBelow(Name name) {
        return name.subdomain(apex) ? name.labels() - apex.labels() : -1;
    }

    /**
     * @param serial the version of the blocklist
     */
    Record soaRecord(long serial) {
        return new SOARecord(
                apex,
                DClass.IN,
                NEGATIVE_TTL,
                server,
                admin,
                serial & 0xffff_ffffL,
                REFRESH,
                RETRY,
                EXPIRE,
                NEGATIVE_TTL);
    }

    Record nsRecord() {
        return new NSRecord(apex, DClass.IN, NS_TTL, server);
    }

    Record aRecord(Name name, long ttl, ReturnCode code) {
        return new ARecord(name, DClass.IN, ttl, addresses.get(code));
    }

    Record txtRecord(Name name, long ttl, String text) {
        return new TXTRecord(name, DClass.IN, ttl, text);
    }
}
