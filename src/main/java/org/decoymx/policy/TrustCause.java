package org.decoymx.policy;

/** Why the tier of a sender changed, or why it did not. */
public enum TrustCause {
    /** The first qualifying catch, or the first after earlier ones were forgiven. */
    FIRST_CATCH,
    /** Another envelope was caught, but nothing confirms the sender. */
    CAUGHT_AGAIN,
    /** A new envelope was caught while an earlier one was abandoned. */
    CAUGHT_AFTER_ABANDONING,
    /** As before, but it has shown a queue, and has not abandoned enough since. */
    CAUGHT_WITH_QUEUE,
    /** As before, but a return could have been missed. */
    CAUGHT_WHILE_BLIND,
    /** The same envelope was caught again, too soon to tell anything. */
    REPEATED,
    /** The same envelope was caught again, too late to count as a return. */
    CAUGHT_AFTER_PAUSE,
    /** The same envelope was caught again in time: the sender has a queue. */
    RETURNED_TO_DECOY,
    /** A caught envelope came back to a primary in time. */
    RETURNED_TO_PRIMARY,
    /** A caught envelope came back to a primary from an address in the same network. */
    RETURNED_FROM_NETWORK,
    /** A caught envelope came back to a primary from an address elsewhere. */
    ANSWERED_ELSEWHERE,
    /** An envelope that was deferred at a primary came back, long enough after it. */
    RETURNED_AFTER_DEFERRAL,
    /** An envelope that was deferred at a primary came back, but soon. */
    RETURNED_SOON_AFTER_DEFERRAL,
    /** It was caught while it was cleared. */
    EXCUSED,
    /** It was cleared, but has abandoned too many envelopes since its last return. */
    ABANDONED_SINCE_RETURN,
    /** Its mail was accepted at a primary on enough days before. Not counted, but a label of the metrics. */
    KNOWN,
    /** It visited a primary, and nothing followed from that. */
    VISITED_PRIMARY,
    /** Its time was over. */
    EXPIRED,
    /** Set by hand. */
    SET_BY_HAND,
    /** Listed by a version that did not know tiers. Not counted, but a label of the metrics, as the next one. */
    LISTED_BEFORE_TIERS,
    /** Its envelopes were hashed with another key, so they can never be recognized again. */
    OTHER_ENVELOPE_KEY
}
