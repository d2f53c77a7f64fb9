package org.decoymx.dns;

import java.net.InetAddress;
import java.util.List;

/** Blocking DNS lookups. The result is empty when the name or the record type does not exist. */
public interface DnsResolver {

    /** Looks up TXT records, one char per octet; the strings of a record are concatenated (RFC 7208, section 3.3). */
    List<String> lookUpTxt(String name) throws DnsLookupException;

    /**
     * Looks up the addresses of a name.
     *
     * @param v6 true for AAAA records, false for A records
     */
    List<InetAddress> lookUpAddresses(String name, boolean v6) throws DnsLookupException;

    /** Looks up the hosts of the MX records, in no particular order. An empty host is a null MX (RFC 7505). */
    List<String> lookUpMxHosts(String name) throws DnsLookupException;
}
