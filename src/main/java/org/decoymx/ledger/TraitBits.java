package org.decoymx.ledger;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.decoymx.conversation.Trait;

/** Traits as the bits of a number, in memory and in the file. */
final class TraitBits {
    /** The trait of each bit, from the lowest. A bit keeps its meaning for ever: new traits go to the end. */
    static final List<Trait> TRAITS = List.of(
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
            Trait.FLOOD);

    private TraitBits() {}

    static int of(Set<Trait> traits) {
        int bits = 0;
        for (int bit = 0; bit < TRAITS.size(); bit++) {
            if (traits.contains(TRAITS.get(bit))) {
                bits |= 1 << bit;
            }
        }
        return bits;
    }

    static Set<Trait> traits(int bits) {
        EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
        for (int bit = 0; bit < TRAITS.size(); bit++) {
            if ((bits & 1 << bit) != 0) {
                traits.add(TRAITS.get(bit));
            }
        }
        return traits;
    }
}
