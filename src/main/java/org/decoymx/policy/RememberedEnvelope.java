package org.decoymx.policy;

/**
 * An envelope that was put off, by the decoy or at a primary. Whether it is abandoned follows from the times; see
 * {@link TrustSettings#isAbandoned}.
 *
 * @param hash its keyed hash; see {@link org.decoymx.sighting.EnvelopeKey}
 * @param firstAt when it was first put off, in seconds since 1970; after a long pause it starts again
 * @param lastAt when it was last put off
 * @param flags a combination of the constants
 */
public record RememberedEnvelope(long hash, long firstAt, long lastAt, int flags) {
    /** One of the envelopes with the smallest hashes. */
    static final int SMALLEST = 1;
    /** One of the latest envelopes. */
    static final int LATEST = 2;
    /** It came back in time. */
    static final int RETURNED = 4;
    /** It came to a primary, too late or from another address, or was taken there: no proof, but not abandoned. */
    static final int ANSWERED = 8;
    /** Its reverse-path is {@code <>}. */
    static final int NULL_REVERSE_PATH = 16;
    /** The primary may have refused it for good, or let it in, instead: so nobody has to retry it. */
    static final int PERHAPS_REFUSED = 32;

    /** Only another node has put it off, so this one cannot tell whether it is abandoned; never stored. */
    static final int ELSEWHERE = 64;

    static final int ALL_FLAGS = 127;

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Whether it was retried or delivered, so that it will not become an abandoned one. */
    boolean isSettled() {
        return has(RETURNED | ANSWERED);
    }

    RememberedEnvelope with(int flag) {
        return new RememberedEnvelope(hash, firstAt, lastAt, flags | flag);
    }

    RememberedEnvelope without(int flag) {
        return new RememberedEnvelope(hash, firstAt, lastAt, flags & ~flag);
    }

    /** The same envelope, put off once more. */
    RememberedEnvelope seenAgain(long at) {
        return new RememberedEnvelope(hash, firstAt, Math.max(lastAt, at), flags);
    }

    /** The same envelope after a long pause, as part of another delivery. */
    RememberedEnvelope startedAgain(long at) {
        return new RememberedEnvelope(hash, at, at, flags & ~(RETURNED | ANSWERED | PERHAPS_REFUSED | ELSEWHERE));
    }

    /** What two nodes know of one envelope: the later knowledge, remembered for what either remembers it. */
    RememberedEnvelope mergedWith(RememberedEnvelope other) {
        if (lastAt == other.lastAt) {
            return new RememberedEnvelope(hash, Math.min(firstAt, other.firstAt), lastAt, flags | other.flags);
        }
        RememberedEnvelope later = lastAt > other.lastAt ? this : other;
        return later.with((flags | other.flags) & (SMALLEST | LATEST));
    }
}
