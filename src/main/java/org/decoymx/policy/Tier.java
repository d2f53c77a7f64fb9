package org.decoymx.policy;

import java.util.Locale;

/** How far a sender is trusted. */
public enum Tier {
    /** Not listed, and nothing excuses it. */
    NONE(0),
    /** Caught once: its mail is deferred, until it retries as mail servers do. */
    SUSPECT(1),
    /** Caught again without ever retrying: its mail is rejected, once it has abandoned a deferral at the primary. */
    CONFIRMED(2),
    /** Came back to a primary with deferred mail: not listed, and catches are excused. */
    CLEARED(3);

    private final int code;

    Tier(int code) {
        this.code = code;
    }

    /** Its name in logs, feeds and JSON, in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The number that stands for it on disk. */
    int code() {
        return code;
    }

    /**
     * The inverse of {@link #code}.
     *
     * @throws IllegalArgumentException if no tier has this code
     */
    static Tier ofCode(int code) {
        for (Tier tier : values()) {
            if (tier.code == code) {
                return tier;
            }
        }
        throw new IllegalArgumentException(code + " is not the code of a tier in a sender's trust state (0 to 3)");
    }

    /** Whether the sender is on the published list. */
    public boolean isListed() {
        return this == SUSPECT || this == CONFIRMED;
    }
}
