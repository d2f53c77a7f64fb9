package org.decoymx.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What several nodes know of a sender, taken together. All functions are pure. */
final class TrustFold {
    private TrustFold() {}

    /** The state of a sender, as all nodes together know it. The order of the nodes does not matter. */
    static TrustState fold(
            TrustState own, List<TrustState> others, TrustSettings settings, @Nullable ManualDecision decision) {
        return others.stream().reduce(own, TrustState::mergedWith);
    }

    /** What the own state becomes when the rules have changed what all nodes know. */
    static TrustState adopt(TrustState own, TrustState before, TrustState after) {
        return own.mergedWith(after);
    }
}
