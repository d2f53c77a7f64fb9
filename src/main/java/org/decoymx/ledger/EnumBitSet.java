package org.decoymx.ledger;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.decoymx.policy.SkipReason;
import org.decoymx.smtp.protocol.Trait;

/** Stores a set of enum constants as the bits of an int, in memory and in the database. */
public final class EnumBitSet<E extends Enum<E>> {
    /** The trait of each bit, lowest bit first. The database stores the bits, so new traits must go to the end. */
    public static final EnumBitSet<Trait> TRAITS = new EnumBitSet<>(
            Trait.class,
            List.of(
                    Trait.EARLY_TALKER,
                    Trait.PIPELINED_UNASKED,
                    Trait.BARE_NEWLINE,
                    Trait.NOT_SMTP,
                    Trait.BAD_ORDER,
                    Trait.HELO_LIES,
                    Trait.HELO_OURS,
                    Trait.AUTH_PROBE,
                    Trait.RELAY_PROBE,
                    Trait.MANY_RECIPIENTS,
                    Trait.TALKS_ON,
                    Trait.NO_QUIT,
                    Trait.FLOOD));

    /** The skip reason of each bit, lowest bit first. New ones must go to the end, as with traits. */
    static final EnumBitSet<SkipReason> SKIP_REASONS = new EnumBitSet<>(
            SkipReason.class,
            List.of(
                    SkipReason.EXEMPT,
                    SkipReason.WITNESSED,
                    SkipReason.OUTAGE,
                    SkipReason.UNANSWERED,
                    SkipReason.NOT_WORST_MX,
                    SkipReason.SPF_UNKNOWN,
                    SkipReason.KNOWN));

    private final Class<E> type;
    private final List<E> constants;

    private EnumBitSet(Class<E> type, List<E> constants) {
        this.type = type;
        this.constants = constants;
    }

    /** The constant of each bit, lowest bit first. */
    List<E> constants() {
        return constants;
    }

    /** Encodes a set. */
    public int toBits(Set<E> set) {
        int bits = 0;
        for (int bit = 0; bit < constants.size(); bit++) {
            if (set.contains(constants.get(bit))) {
                bits |= 1 << bit;
            }
        }
        return bits;
    }

    /** Decodes the result of {@link #toBits}; unknown bits are ignored. */
    public Set<E> toSet(int bits) {
        EnumSet<E> set = EnumSet.noneOf(type);
        for (int bit = 0; bit < constants.size(); bit++) {
            if ((bits & 1 << bit) != 0) {
                set.add(constants.get(bit));
            }
        }
        return set;
    }
}
