package org.decoymx.dnsbl;

/** What comes back. */
final class DnsblResponse {
    static final DnsblResponse NO_RESPONSE = new DnsblResponse(ResponseKind.DROPPED, new byte[0]);

    private final ResponseKind kind;
    private final byte[] octets;

    /** Takes the octets over. */
    DnsblResponse(ResponseKind kind, byte[] octets) {
        this.kind = kind;
        this.octets = octets;
    }

    /** What kind of answer it is, for those who count them. */
    enum ResponseKind {
        /** The address is listed. */
        LISTED,
        /** There is no such name. */
        UNLISTED,
        /** Another record of the zone, or that a name has none of that type. */
        OTHER,
        /** Not of this zone, not a network that may ask, or a transfer. */
        REFUSED,
        /** The question cannot be one: FORMERR, NOTIMP or BADVERS. */
        ERROR,
        /** Too many for this network: cut, so that a real asker comes again over TCP. */
        CUT,
        /** Nothing, as it is no question at all, or there were too many. */
        DROPPED
    }

    ResponseKind kind() {
        return kind;
    }

    /** The message; none when nothing is said. They are not copied. */
    byte[] octets() {
        return octets;
    }
}
