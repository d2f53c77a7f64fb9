package org.decoymx.policy;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What is known of one sender that was caught. Immutable; {@link #encode} is its compact form. Times are seconds since
 * 1970, 0 for never.
 *
 * @param firstCaughtAt the first qualifying catch that is not forgiven
 * @param listing the current or the latest listing
 * @param proof what it has shown of its queue
 * @param caught the envelopes that the decoy put off
 * @param deferred the envelopes that were put off at a primary while it was listed; apart from the caught ones, so
 *     that a client that shares an address with a good sender cannot push them out at the decoy
 */
public record TrustState(
        long firstCaughtAt, Listing listing, RetryProof proof, EnvelopeMemory caught, EnvelopeMemory deferred) {
    /** The state of a sender that was never caught. */
    public static final TrustState UNKNOWN =
            new TrustState(0, Listing.NONE, RetryProof.NONE, EnvelopeMemory.EMPTY, EnvelopeMemory.EMPTY);

    /** The maximum length of {@link #encode}. */
    public static final int MAX_OCTETS = 3 + 8 * Integer.BYTES + 1 + 2 * Long.BYTES + 2 * EnvelopeMemory.MAX_OCTETS;

    private static final byte VERSION = 1;
    private static final int BY_HAND = 0x80;
    private static final int BY_NEIGHBOR = 0x40;
    private static final long MAX_TIME = 0xffff_ffffL;

    /** The state of a sender whose listing was ended; see {@link RetryProof#releasedAt}. */
    static TrustState releasedAt(long at) {
        return new TrustState(0, Listing.NONE, RetryProof.releasedAt(at), EnvelopeMemory.EMPTY, EnvelopeMemory.EMPTY);
    }

    /** The state after its listing is ended; a later release stays. */
    TrustState released(long at) {
        return releasedAt(Math.max(at, proof.clearedSince()));
    }

    /** Whether it was never caught, or never since its listing was ended. */
    public boolean isUncaught() {
        return firstCaughtAt == 0 && listing.equals(Listing.NONE) && proof.clearedUntil() <= proof.clearedSince();
    }

    /** Whether this says no more than {@link #UNKNOWN}. */
    public boolean isUnknown() {
        return equals(UNKNOWN);
    }

    /** The tier of the sender. What was set by hand comes first, then what its queue has shown. */
    public Tier tierAt(long at) {
        if (isSetByHand(at) || !proof.isCleared(at)) {
            return listing.tierAt(at);
        }
        return Tier.CLEARED;
    }

    boolean isSetByHand(long at) {
        return listing.byHand() && at < listing.until();
    }

    /** When the tier ends by itself, 0 for {@link Tier#NONE}. */
    public long tierEndsAt(long at) {
        return switch (tierAt(at)) {
            case NONE -> 0;
            case SUSPECT, CONFIRMED -> listing.until();
            case CLEARED -> isSetByHand(at) ? listing.until() : proof.clearedUntil();
        };
    }

    /** Until when it is cleared, or was cleared last; 0 for never. */
    long clearedUntil() {
        return Math.max(proof.clearedUntil(), listing.tier() == Tier.CLEARED ? listing.until() : 0);
    }

    /** From when on this may be deleted, because it is equal to no knowledge at all. */
    public long forgettableAt(TrustSettings settings) {
        long lastCaught = Math.max(firstCaughtAt, listing.until());
        for (RememberedEnvelope entry : caught.entries()) {
            lastCaught = Math.max(lastCaught, entry.lastAt());
        }
        // a listing that began before may still be imported from another node
        long ended = proof.clearedSince() == 0
                ? 0
                : proof.clearedSince() + settings.maxTtl().toSeconds();
        return Math.max(
                Math.max(ended, lastCaught + settings.forgiveAfter().toSeconds()),
                Math.max(proof.queueUntil(), proof.clearedUntil()));
    }

    /**
     * Without the envelopes that are too old to tell anything, or were put off before the end of a tier set by hand:
     * until then no return was recorded, so a good sender would seem to have abandoned them.
     */
    TrustState withoutExpired(long at, TrustSettings settings) {
        long keptFor = settings.forgiveAfter().toSeconds();
        TrustState recent =
                withCaught(caught.withoutExpired(at, keptFor)).withDeferred(deferred.withoutExpired(at, keptFor));
        return listing.byHand() ? recent.withoutOpenBefore(listing.until()) : recent;
    }

    private TrustState withoutOpenBefore(long from) {
        return withCaught(caught.since(from)).withDeferred(deferred.since(from));
    }

    /** After an import. A listing by hand that has ended would come before the later one of another node. */
    TrustState withImported(TrustState other, long at) {
        TrustState known = other.withoutEndedByHand(at);
        return isUnknown() ? known : withoutEndedByHand(at).mergedWith(known);
    }

    private TrustState withoutEndedByHand(long at) {
        return listing.byHand() && listing.until() <= at
                ? withoutOpenBefore(listing.until()).withListing(listing.ended())
                : this;
    }

    /** Without a listing by hand that began before a time, because another decision followed. */
    public TrustState withoutByHandBefore(long at) {
        return listing.byHand() && listing.since() < at ? withListing(listing.ended()) : this;
    }

    TrustState withListing(Listing changed) {
        return new TrustState(firstCaughtAt, changed, proof, caught, deferred);
    }

    TrustState withProof(RetryProof changed) {
        return new TrustState(firstCaughtAt, listing, changed, caught, deferred);
    }

    TrustState withCaught(EnvelopeMemory changed) {
        return new TrustState(firstCaughtAt, listing, proof, changed, deferred);
    }

    TrustState withDeferred(EnvelopeMemory changed) {
        return new TrustState(firstCaughtAt, listing, proof, caught, changed);
    }

    TrustState withFirstCatch(long at) {
        return new TrustState(at, new Listing(Tier.NONE, 0, 0, 0, false), proof, caught, deferred);
    }

    /**
     * What two nodes with the same {@link org.decoymx.sighting.EnvelopeKey} know of a
     * sender. The order does not matter, and to merge the
     * same again changes nothing. What was set by hand comes first, and a return that one node saw ends a listing that
     * the other gave before, or makes its confirmed sender a suspect again.
     */
    public TrustState mergedWith(TrustState other) {
        RetryProof proofs = proof.mergedWith(other.proof);
        Listing merged = listingAfter(proofs).strongerOf(other.listingAfter(proofs));
        boolean bothCaught = firstCaughtAt != 0 && other.firstCaughtAt != 0;
        return new TrustState(
                bothCaught
                        ? Math.min(firstCaughtAt, other.firstCaughtAt)
                        : Math.max(firstCaughtAt, other.firstCaughtAt),
                merged,
                proofs,
                caught.mergedWith(other.caught),
                deferred.mergedWith(other.deferred));
    }

    private Listing listingAfter(RetryProof proofs) {
        boolean returned = proofs.lastReturnAt() > Math.max(proof.lastReturnAt(), listing.since() - 1);
        return returned && !listing.byHand() ? listing.endedBy(proofs).demoted() : listing.endedBy(proofs);
    }

    /** At most {@link #MAX_OCTETS}; the first is the version of the format. */
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(MAX_OCTETS);
        out.put(VERSION)
                .put((byte) (listing.tier().code() | (listing.byHand() ? BY_HAND : 0)))
                .put((byte) listing.relapses());
        putTimes(out, firstCaughtAt, listing.since(), listing.until());
        putTimes(out, proof.lastReturnAt(), proof.queueUntil(), proof.clearedSince(), proof.clearedUntil());
        out.put((byte) (proof.envelopes() | (proof.byNeighbor() ? BY_NEIGHBOR : 0)))
                .putLong(proof.firstEnvelope())
                .putLong(proof.secondEnvelope());
        caught.write(out);
        deferred.write(out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void putTimes(ByteBuffer out, long... times) {
        for (long time : times) {
            out.putInt((int) Math.max(0, Math.min(MAX_TIME, time)));
        }
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws IllegalArgumentException if this is not what {@link #encode} writes
     */
    public static TrustState decode(byte[] octets) {
        try {
            ByteBuffer in = ByteBuffer.wrap(octets);
            TrustState state = read(in);
            if (!in.hasRemaining()) {
                return state;
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a sender's trust state ends too early", e);
        }
        throw new IllegalArgumentException("a sender's trust state has octets after its end");
    }

    private static TrustState read(ByteBuffer in) {
        int version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "version " + version + " of a sender's trust state is not supported (supported: " + VERSION + ")");
        }
        int kind = Byte.toUnsignedInt(in.get());
        Tier tier = Tier.ofCode(kind & ~BY_HAND);
        int relapses = in.get();
        long firstCaughtAt = time(in);
        if (relapses < 0 || relapses > Listing.MAX_RELAPSES) {
            throw new IllegalArgumentException("a sender's trust state has an invalid listing");
        }
        Listing listing = new Listing(tier, time(in), time(in), relapses, (kind & BY_HAND) != 0);
        long lastReturnAt = time(in);
        long queueUntil = time(in);
        long clearedSince = time(in);
        long clearedUntil = time(in);
        int returns = in.get();
        int envelopes = returns & ~BY_NEIGHBOR;
        if (envelopes < 0 || envelopes > RetryProof.FULL_PROOF) {
            throw new IllegalArgumentException("a sender's trust state has an invalid proof");
        }
        RetryProof proof = new RetryProof(
                lastReturnAt,
                queueUntil,
                clearedSince,
                clearedUntil,
                envelopes,
                in.getLong(),
                in.getLong(),
                (returns & BY_NEIGHBOR) != 0);
        return new TrustState(firstCaughtAt, listing, proof, EnvelopeMemory.read(in), EnvelopeMemory.read(in));
    }

    private static long time(ByteBuffer in) {
        return Integer.toUnsignedLong(in.getInt());
    }
}
