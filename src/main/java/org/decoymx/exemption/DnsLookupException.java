package org.decoymx.exemption;

/** A DNS query failed. NXDOMAIN and empty answers are not failures. The message names the query and the server. */
final class DnsLookupException extends Exception {
    private static final long serialVersionUID = 1;

    DnsLookupException(String message) {
        super(message, null, false, false);
    }
}
