package org.decoymx.ledger;

import java.util.Base64;
import org.decoymx.policy.RememberedEnvelope;
import org.decoymx.policy.RetryProof;
import org.decoymx.policy.TrustState;
import org.jspecify.annotations.Nullable;

/**
 * A trust state in an export, or that nodes share.
 *
 * @param keyId the {@link org.decoymx.sighting.EnvelopeKey#id} of the key of its envelopes
 */
public record ExportedTrust(TrustState state, String keyId) {

    /** Null if the state says no more than the listing in the counts. */
    static @Nullable ExportedTrust of(@Nullable TrustState state, String keyId) {
        if (state == null) {
            return null;
        }
        boolean telling = !state.caught().entries().isEmpty()
                || !state.deferred().entries().isEmpty()
                || !state.proof().equals(RetryProof.NONE)
                || state.listing().byHand();
        return telling ? new ExportedTrust(state, keyId) : null;
    }

    /** The latest time of anything that the state has against the sender. */
    long latestAt() {
        long latest = Math.max(state.firstCaughtAt(), state.listing().since());
        for (RememberedEnvelope envelope : state.caught().entries()) {
            latest = Math.max(latest, envelope.lastAt());
        }
        return latest;
    }

    /** The state in Base64. */
    String text() {
        return Base64.getEncoder().encodeToString(state.encode());
    }

    /**
     * The inverse of {@link #text}.
     *
     * @param latest when a listing ends at the latest, in seconds since 1970
     * @throws InvalidRecordException if it is anything else
     */
    static @Nullable ExportedTrust parse(@Nullable String text, @Nullable String keyId, long latest) {
        if (text == null) {
            return null;
        }
        if (keyId == null) {
            throw new InvalidRecordException("envelopeKey: must be a string, because there is a field trust");
        }
        try {
            TrustState state = TrustState.decode(Base64.getDecoder().decode(text));
            if (Math.max(state.listing().until(), state.proof().clearedUntil()) <= latest) {
                return new ExportedTrust(state, keyId);
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException("trust: must be as an export wrote it");
        }
        throw new InvalidRecordException("trust: ends too late");
    }
}
