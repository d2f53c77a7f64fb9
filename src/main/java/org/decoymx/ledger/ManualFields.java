package org.decoymx.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.DateTimeException;
import java.time.Instant;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Tier;
import org.jspecify.annotations.Nullable;

/** The JSON object of a {@link ManualDecision} in a {@link LedgerLine}; without {@code until} for a tier of NONE. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ManualFields(
        Tier tier,
        String at,
        @Nullable String until,
        String reason,
        @Nullable String who) {

    static @Nullable ManualFields of(@Nullable ManualDecision decision) {
        return decision == null
                ? null
                : new ManualFields(
                        decision.tier(),
                        Instant.ofEpochSecond(decision.at()).toString(),
                        decision.isForgotten()
                                ? null
                                : Instant.ofEpochSecond(decision.until()).toString(),
                        decision.reason(),
                        decision.who().isEmpty() ? null : decision.who());
    }

    /**
     * The decision.
     *
     * @param latest when it was made at the latest, in seconds since 1970
     * @param latestEnd when it ends at the latest
     * @throws InvalidRecordException if a field is missing or has an impossible value
     */
    ManualDecision toDecision(long latest, long latestEnd) {
        if (tier == null || at == null || reason == null) {
            throw new InvalidRecordException("byHand: must have tier, at and reason");
        }
        try {
            long decidedAt = Instant.parse(at).getEpochSecond();
            long end = until == null || tier == Tier.NONE
                    ? 0
                    : Instant.parse(until).getEpochSecond();
            if (decidedAt >= 0 && decidedAt <= latest && end <= latestEnd) {
                return new ManualDecision(tier, decidedAt, end, reason, who == null ? "" : new Node(who).name());
            }
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new InvalidRecordException("byHand: must be as an export wrote it");
        }
        throw new InvalidRecordException("byHand: the times are out of range");
    }
}
