package org.decoymx.blocklist;

import java.util.Collections;
import java.util.Set;
import org.decoymx.policy.ListingReason;
import org.decoymx.smtp.protocol.Trait;

/** What a sender is listed for, as lists in DNS tell by the last octet of 127.0.0.0/8 (RFC 5782 section 2.1). */
public enum ReturnCode {
    CAUGHT(2),
    /** Talked before the greeting was complete, or spoke no SMTP: no mail server does that. */
    NOT_A_MAIL_SERVER(3),
    /** Was listed before, and came again when that was over. */
    RELISTED(4);

    /** 127.0.0.2 as the bits of an origin, which a list in DNS always has, to test it by (RFC 5782 section 5). */
    public static final long ALWAYS_LISTED = 0x7f00_0002L;

    /** 127.0.0.1, which it never has, even on trial, or whoever asks takes it for broken (the same). */
    public static final long NEVER_LISTED = 0x7f00_0001L;

    private static final Set<Trait> NOT_A_MAIL_SERVER_TRAITS = Set.of(Trait.EARLY_TALKER, Trait.NOT_SMTP);

    private final int lastOctet;

    ReturnCode(int octet) {
        this.lastOctet = octet;
    }

    /** The gravest that applies. */
    static ReturnCode of(ListingReason cause) {
        if (cause.offences() > 1) {
            return RELISTED;
        }
        return Collections.disjoint(cause.traits(), NOT_A_MAIL_SERVER_TRAITS) ? CAUGHT : NOT_A_MAIL_SERVER;
    }

    /** The address that stands for it. */
    public String address() {
        return "127.0.0." + lastOctet;
    }
}
