package org.decoymx.dnsbl;

/** The response to a DNS message. */
final class DnsblResponse {
    static final DnsblResponse NO_RESPONSE = new DnsblResponse(ResponseKind.DROPPED, new byte[0]);

    private final ResponseKind kind;
    private final byte[] octets;

    /** Does not copy the octets. */
    DnsblResponse(ResponseKind kind, byte[] octets) {
        this.kind = kind;
        this.octets = octets;
    }

    /** The kind of a response, for the metrics. */
    enum ResponseKind {
        /** The address is listed. */
        LISTED,
        /** The name does not exist. */
        UNLISTED,
        /** Another record of the zone, or no record of the queried type. */
        OTHER,
        /** Outside the zone, a client that may not query, or a zone transfer. */
        REFUSED,
        /** Not a valid query: FORMERR, NOTIMP or BADVERS. */
        ERROR,
        /** Above the rate limit: truncated, so that a real client retries over TCP. */
        CUT,
        /** No response: not a query, or above the rate limit. */
        DROPPED
    }

    ResponseKind kind() {
        return kind;
    }

    /** The message, not a copy; empty if there is no response. */
    byte[] octets() {
        return octets;
    }
}
