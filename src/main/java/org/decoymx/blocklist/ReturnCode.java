package org.decoymx.blocklist;

import java.util.Collections;
import java.util.Set;
import org.decoymx.policy.ListingReason;
import org.decoymx.smtp.protocol.Trait;

/**
 * The category of a listing, which a DNSBL returns as the last octet of a 127.0.0.0/8 address (RFC 5782 section 2.1).
 */
public enum ReturnCode {
    CAUGHT(2),
    /** Sent data before the greeting was complete, or did not speak SMTP; mail servers do neither. */
    NOT_A_MAIL_SERVER(3),
    /** Was listed before, and was listed again after that listing ended. */
    RELISTED(4);

    /** 127.0.0.2 as the bits of an origin. A DNSBL always lists it, for tests (RFC 5782 section 5). */
    public static final long ALWAYS_LISTED = 0x7f00_0002L;

    /** 127.0.0.1. A DNSBL never lists it; clients would consider the list broken (RFC 5782 section 5). */
    public static final long NEVER_LISTED = 0x7f00_0001L;

    private static final Set<Trait> NOT_A_MAIL_SERVER_TRAITS = Set.of(Trait.EARLY_TALKER, Trait.NOT_SMTP);

    private final int lastOctet;

    ReturnCode(int lastOctet) {
        this.lastOctet = lastOctet;
    }

    /** The most severe code that applies. */
    static ReturnCode of(ListingReason reason) {
        if (reason.offences() > 1) {
            return RELISTED;
        }
        return Collections.disjoint(reason.traits(), NOT_A_MAIL_SERVER_TRAITS) ? CAUGHT : NOT_A_MAIL_SERVER;
    }

    /** The address in the A record. */
    public String address() {
        return "127.0.0." + lastOctet;
    }
}
