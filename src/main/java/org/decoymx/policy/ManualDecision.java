package org.decoymx.policy;

import org.decoymx.support.PrintableText;

/**
 * What the administrator decided about a sender by hand. Times are seconds since 1970.
 *
 * @param tier {@link Tier#NONE} if the sender was forgotten
 * @param at when it was decided
 * @param until when the tier ends; 0 if the sender was forgotten
 * @param reason one line of printable text, for people who ask about the sender; may be empty
 * @param who the name of the node where it was decided; empty if it is not known
 */
public record ManualDecision(Tier tier, long at, long until, String reason, String who) {
    /** Maximum number of chars of a reason. */
    public static final int MAX_REASON = 200;

    /** After its end a decision is shown for this long: as long as the ledger keeps a sender by default. */
    private static final long SHOWN_SECONDS = 90L * 24 * 3_600;

    /** A decision of a node that is not known. */
    public ManualDecision(Tier tier, long at, long until, String reason) {
        this(tier, at, until, reason, "");
    }

    /**
     * @throws IllegalArgumentException if the end is not after the beginning, or the reason is not valid; the message
     *     says what is allowed
     */
    public ManualDecision {
        if (tier != Tier.NONE && until <= at) {
            throw new IllegalArgumentException("until: must be in the future");
        }
        if (reason.length() > MAX_REASON || !PrintableText.isPrintable(reason)) {
            throw new IllegalArgumentException(
                    "reason: must be one line of at most " + MAX_REASON + " printable characters");
        }
    }

    /** Whether everything that was known against the sender was deleted. */
    public boolean isForgotten() {
        return tier == Tier.NONE;
    }

    /** The reason after a colon and without a full stop, as the end of a sentence; empty if there is none. */
    String reasonAfterColon() {
        String text = reason.strip();
        String sentence = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        return sentence.isEmpty() ? "" : ": " + sentence;
    }

    /** Whether the decision is in force, or ended not long ago. */
    public boolean isKeptAt(long now) {
        return now < Math.max(at, until) + SHOWN_SECONDS;
    }
}
