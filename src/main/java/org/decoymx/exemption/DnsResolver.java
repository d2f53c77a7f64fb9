package org.decoymx.exemption;

import java.net.InetAddress;
import java.util.List;

/** Asks DNS, and waits for the answer. Where there is nothing, or no such name, the answer is empty. */
interface DnsResolver {

    /** The TXT records of a name, an octet a char, the strings of each put together: RFC 7208 section 3.3. */
    List<String> lookUpTxt(String name) throws DnsLookupException;

    /**
     * The addresses of a name.
     *
     * @param v6 whether those of IPv6 are meant, or those of IPv4
     */
    List<InetAddress> lookUpAddresses(String name, boolean v6) throws DnsLookupException;

    /** The hosts of the MX records of a name, in no particular order; an empty one means that it takes no mail. */
    List<String> lookUpMxHosts(String name) throws DnsLookupException;
}
