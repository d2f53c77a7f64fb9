package org.decoymx.dns;

/** A DNS query failed. NXDOMAIN and empty answers are not failures. The message names the query and the server. */
public final class DnsLookupException extends Exception {
    private static final long serialVersionUID = 1;

    /** Creates an exception without a stack trace. */
    public DnsLookupException(String message) {
        super(message, null, false, false);
    }
}
