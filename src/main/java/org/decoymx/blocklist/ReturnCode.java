package org.decoymx.blocklist;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.Tier;
import org.decoymx.smtp.protocol.Trait;

/** The kind of a listing, which a DNSBL returns as the last octet of a 127.0.0.0/8 address (RFC 5782 section 2.1). */
public enum ReturnCode {
    SUSPECT(2),
    /** A suspect that broke SMTP in a way that no third party can make a mail server do. */
    SUSPECT_WITH_PROTOCOL_ABUSE(3),
    CONFIRMED(4);

    /** 127.0.0.2 as the bits of an origin. A DNSBL always lists it, for tests (RFC 5782 section 5). */
    public static final long ALWAYS_LISTED = 0x7f00_0002L;

    /** 127.0.0.1. A DNSBL never lists it; clients would consider the list broken (RFC 5782 section 5). */
    public static final long NEVER_LISTED = 0x7f00_0001L;

    private static final Set<Trait> PROTOCOL_ABUSE =
            Set.of(Trait.EARLY_TALKER, Trait.PIPELINED_UNASKED, Trait.BARE_NEWLINE);

    private final int lastOctet;

    ReturnCode(int lastOctet) {
        this.lastOctet = lastOctet;
    }

    /**
     * The code of a listed sender.
     *
     * @param tier {@link Tier#SUSPECT} or {@link Tier#CONFIRMED}
     */
    static ReturnCode of(Tier tier, ListingReason reason) {
        if (tier == Tier.CONFIRMED) {
            return CONFIRMED;
        }
        return Collections.disjoint(reason.traits(), PROTOCOL_ABUSE) ? SUSPECT : SUSPECT_WITH_PROTOCOL_ABUSE;
    }

    /** The address in the A record. */
    public String address() {
        return "127.0.0." + lastOctet;
    }

    /** What happens to mail of the sender, in sentences for it. */
    public List<String> consequences() {
        return this == CONFIRMED
                ? List.of("Mail is rejected.")
                : List.of("Mail is deferred, not rejected.", "It is accepted when your mail server tries again later.");
    }
}
